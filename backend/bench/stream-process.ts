/** Holds waiting pages open from many addresses, and says when each heard that its sign-in was approved. */
import { connect } from 'node:net'
import { answerParent } from './child.ts'

export type Waiting = { port: number; ids: string[]; perAddress: number; firstAddress: number }

const heardAt = new Map<string, number>()

async function open({ port, ids, perAddress, firstAddress }: Waiting): Promise<void> {
  for (let from = 0; from < ids.length; from += 100) {
    await Promise.all(ids.slice(from, from + 100).map((id, index) => wait(port, id, addressOf(firstAddress + Math.floor((from + index) / perAddress)))))
  }
}

/** 127.0.0.0/8 is all of it this machine. */
const addressOf = (number: number): string => `127.${1 + (number >> 8)}.${number & 255}.1`

function wait(port: number, id: string, localAddress: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.setEncoding('latin1')
    socket.once('connect', () => socket.write(`GET /v1/sign-ins/${id}/events HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n`))
    socket.on('error', reject)
    socket.on('data', (text: string) => {
      if (text.includes('"approved"')) heardAt.set(id, Date.now())
      if (text.startsWith('HTTP/1.1 4')) reject(new Error(text))
      if (text.includes('"pending"')) resolve()
    })
  })
}

answerParent({ open, heard: ({ ids }: { ids: string[] }) => ids.map((id) => heardAt.get(id) ?? 0) })
