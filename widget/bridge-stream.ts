/**
 * What becomes of the sign-ins under way, live: one stream for all tabs of H, because on http/1.1 the sixth would starve every later
 * bridge. The tab that leads has it and passes on what it says; when it goes, another takes over.
 */
import { isFromTab, type FromTab } from './bridge-messages.ts'
import { exclusively } from './bridge-tabs.ts'

export type StreamEvent = Exclude<FromTab, { type: 'session' }>

export type Stream = {
  /** Listens to what waits now, in any tab, or waits for its turn to. `anew`: this tab's own may have gone silent; a new one repeats how things stand. */
  follow: (anew?: boolean) => void
  /** Gives the lead away: nothing waits any more, or this page is put to sleep and would hold it unheard. */
  rest: () => void
}

/** `ids`: what waits now. `said` hears only what this tab's own stream says; `lost` that it ended for good. */
export function openStream(name: string, ids: () => string[], said: (event: StreamEvent) => void, lost: () => void): Stream {
  let turn: AbortController | undefined
  let source: EventSource | undefined

  const rest = (): void => {
    source?.close()
    turn?.abort()
    source = turn = undefined
  }
  const giveUp = (): void => {
    rest()
    lost()
  }
  const connect = (anew = false): void => {
    const waiting = ids()
    const path = `/v1/sign-ins/${waiting.join()}/events`
    if (!waiting.length) return rest()
    if (!anew && source?.url.endsWith(path)) return
    source?.close()
    const opened = (source = new EventSource(path))
    const hear = ({ type, data }: MessageEvent<string>): void => {
      const event = parse(type, waiting[0], data)
      if (event) said(event)
    }
    for (const type of ['state', 'delivery']) opened.addEventListener(type, hear)
    opened.onerror = () => opened.readyState === EventSource.CLOSED && giveUp()
  }

  const follow = (anew = false): void => {
    if (source) return connect(anew)
    if (turn) return
    const { signal } = (turn = new AbortController())
    const lead = (): Promise<void> => new Promise((over) => {
      signal.onabort = () => over()
      connect()
    })
    exclusively(`${name} stream`, lead, signal).catch(() => {})
  }
  return { follow, rest }
}

/** The stream's data as a message, if it is of the documented form. It names the sign-in where there are several. */
function parse(type: string, id: string | undefined, data: string): StreamEvent | undefined {
  try {
    const message: unknown = { id, ...JSON.parse(data), type, linklatch: 1 }
    return isFromTab(message) && message.type !== 'session' ? message : undefined
  } catch {
    return undefined
  }
}
