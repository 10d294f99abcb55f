/** One keep-alive connection that sends a request as it is written and reads its answer: as little as a client can be. */
import { connect, type Socket } from 'node:net'

export type Answer = { status: number; head: string; body: string }

export class Connection {
  readonly #socket: Socket
  #text = ''
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
    const over = (error?: Error) => this.#waiting?.reject(error ?? new Error('the connection was closed before the answer'))
    socket.on('error', over)
    socket.on('close', () => over())
  }

  static open(port: number, localAddress?: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  /** One at a time. */
  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request, 'latin1')
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text = this.#text === '' ? text : this.#text + text
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1]
    const total = end + 4 + Number(length ?? 0)
    if (this.#text.length < total) return
    const answer = { status: Number(this.#text.slice(9, 12)), head: this.#text.slice(0, end), body: this.#text.slice(end + 4, total) }
    this.#text = this.#text.slice(total)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(answer)
  }
}

/** The value of a header of that answer; an empty text where there is none. */
export function headerOf({ head }: Answer, name: string): string {
  return new RegExp(`\\r\\n${name}: ([^\\r]*)`, 'i').exec(head)?.[1] ?? ''
}
