/** What becomes of a sign-in, live: one stream for each sign-in and browser. The tab that leads has it and passes on what it says. */
import { isFromBridge, type FromBridge } from './bridge-messages.ts'
import { exclusively } from './bridge-tabs.ts'

export type StreamEvent = Extract<FromBridge, { type: 'state' | 'delivery' }>

/** The stream's data as a message, if it is of the documented form. */
function parse(id: string, type: string, data: string): StreamEvent | undefined {
  try {
    const message: unknown = { linklatch: 1, ...JSON.parse(data), type, id }
    return isFromBridge(message) && (message.type === 'state' || message.type === 'delivery') ? message : undefined
  } catch {
    return undefined
  }
}

export class Streams {
  readonly #name: string
  readonly #said: (event: StreamEvent) => void
  readonly #lost: (id: string) => void
  readonly #watched = new Map<string, AbortController>()
  readonly #last = new Map<string, StreamEvent>()

  /** `said` hears only what this tab's own stream says; `lost` that it ended for good. */
  constructor(name: string, said: (event: StreamEvent) => void, lost: (id: string) => void) {
    this.#name = name
    this.#said = said
    this.#lost = lost
  }

  /** Listens, or waits for its turn to. */
  watch(id: string): void {
    if (this.#watched.has(id)) return
    const watching = new AbortController()
    this.#watched.set(id, watching)
    exclusively(`${this.#name} ${id}`, () => this.#lead(id, watching), watching.signal).catch(() => {})
  }

  stop(id: string): void {
    this.#watched.get(id)?.abort()
    this.#watched.delete(id)
  }

  /** What this tab's stream said last of a sign-in: for a tab that joins late. */
  last(id: unknown): StreamEvent[] {
    return [...this.#last.values()].filter((event) => event.id === id)
  }

  /** Holds the lead until the watch ends or the stream is lost. */
  #lead(id: string, watching: AbortController): Promise<void> {
    const source = new EventSource(`/v1/sign-ins/${id}/events`)
    for (const type of ['state', 'delivery']) {
      source.addEventListener(type, (event: MessageEvent<string>) => this.#hear(parse(id, type, event.data)))
    }
    return new Promise((over) => {
      watching.signal.addEventListener('abort', () => {
        source.close()
        over()
      })
      source.onerror = () => {
        if (source.readyState !== EventSource.CLOSED) return
        this.stop(id)
        this.#lost(id)
      }
    })
  }

  #hear(event: StreamEvent | undefined): void {
    if (!event) return
    this.#last.set(`${event.type} ${event.id}`, event)
    this.#said(event)
  }
}
