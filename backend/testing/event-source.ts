/** Reads an event stream as a bridge does. */
import type { TestBackend } from './backend.ts'

export type Heard = { event: string; value: string }

/** Opens the stream of a sign-in and gathers what it says. */
export async function listen(backend: Pick<TestBackend, 'url'>, id: string) {
  const stop = new AbortController()
  const answer = await fetch(`${backend.url}/v1/sign-ins/${id}/events`, { signal: stop.signal })
  if (answer.status !== 200 || !answer.body) throw new Error(`events: ${answer.status}`)
  const heard: Heard[] = []
  let text = ''
  const waiting = new Set<() => void>()
  const ended = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      heard.splice(0, heard.length, ...parse(text))
      for (const wake of waiting) wake()
    }
  })()
  ended.catch(() => undefined)
  return {
    heard,
    ended,
    contentType: answer.headers.get('content-type'),
    text: () => text,
    close: () => stop.abort(),
    until: (event: string, value: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!heard.some((each) => each.event === event && each.value === value)) return
          clearTimeout(late)
          waiting.delete(look)
          resolve()
        }
        const late = setTimeout(() => reject(new Error(`never heard ${event} ${value}: ${text}`)), 5000)
        waiting.add(look)
        look()
      }),
  }
}

function parse(text: string): Heard[] {
  return [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, event = '', data = '']) => {
    const values = Object.values(JSON.parse(data) as Record<string, string>)
    return { event, value: values[0] ?? '' }
  })
}
