/** A stand-in for the admin API, and an operator at the console. */
import { waitUntil } from '@open-wc/testing'
import { OwnerConsole, type ConsoleOptions } from '../console.ts'

export const token = 'the-operators-token'
export const evil = '<img src=x onerror="window.broken=1"> & Co'
export const shop = { id: '4f1c', name: evil, origins: ['https://shop.example'], landing_urls: [], mode: 'open', strict: false, code_only: false, allowed_domains: [], link_ttl: 600, session: { idle: 1_209_600, absolute: 2_592_000 }, created_at: 1, snippet: '<script type="module" src="https://auth.example/linklatch-1.0.0.js"></script>' }
export const anna = { id: 'anna', email: 'anna@example.com', created_at: 1, invited: true, blocked: false, roles: ['admin'], metadata: { note: evil } }

export type Answer = () => Response | Promise<Response>

/** Answers what the admin API would; `own` comes first. */
export function backend(own: Record<string, Answer> = {}) {
  const calls: string[] = []
  const answers: Record<string, Answer> = {
    'GET /readyz': () => Response.json({ store: true, mail: true }),
    'GET /sites': () => Response.json({ items: [shop] }),
    'GET /sites/4f1c': () => Response.json(shop),
    'GET /sites/4f1c/users': () => Response.json({ items: [anna] }),
    'GET /sites/4f1c/users/anna': () => Response.json(anna),
    'GET /sites/4f1c/users/anna/sessions': () => Response.json({ items: [{ sid: 's1', created_at: 1, last_seen_at: 2, ends_at: 3, browser: 'Firefox on Linux' }] }),
    'GET /sites/4f1c/events': () => Response.json({ items: [{ id: '1', at: 1, event: 'session.claimed', user: 'anna', network: '192.0.2.1' }] }),
    ...own,
  }
  const ask: typeof fetch = async (url, init) => {
    const { pathname } = new URL(url as string, location.href)
    const call = `${init?.method ?? 'GET'} ${pathname.replace('/admin/v1', '')}`
    calls.push(call)
    const isTold = pathname === '/readyz' || new Headers(init?.headers).get('authorization') === `Bearer ${token}`
    if (!isTold) return new Response('{}', { status: 401 })
    const given = Promise.race([answers[call]?.(), givenUp(init?.signal)])
    return (await given) ?? new Response(JSON.stringify({ detail: 'There is nothing here under that name.' }), { status: 404 })
  }
  return { ask, calls }
}

const givenUp = (signal: AbortSignal | null | undefined) => new Promise<never>((_, refuse) => signal?.addEventListener('abort', () => refuse(new TypeError('given up'))))

/** `close` after each test. */
export function operator() {
  let root = document.createElement('div')
  let end = () => {}
  const text = () => root.textContent?.replace(/\s+/g, ' ') ?? ''
  const until = (sentence: string) => waitUntil(() => text().includes(sentence), `the page never said "${sentence}"`, { timeout: 5000 })
  const find = <Kind extends HTMLElement>(selector: string): Kind => {
    const found = root.querySelector<Kind>(selector)
    if (!found) throw new Error(`there is no ${selector}`)
    return found
  }
  const fill = (name: string, value: string) => Object.assign(find<HTMLInputElement>(`[name="${name}"]`), { value })
  const press = (label: string) => ([...root.querySelectorAll('button')].find((button) => button.textContent?.trim() === label) as HTMLButtonElement).click()
  const close = () => {
    end()
    root.remove()
  }
  return {
    text, until, find, fill, press, close,
    start(options: ConsoleOptions) {
      root = document.body.appendChild(document.createElement('div'))
      end = new OwnerConsole(root, options).start()
    },
    enter(shown = token) {
      fill('token', shown)
      press('Open')
    },
    async visit(hash: string, sentence: string) {
      location.hash = hash
      await until(sentence)
    },
  }
}

export const leaveNoHash = (): void => history.replaceState(null, '', location.pathname + location.search)

/** An answer that comes when `give` is called. */
export function later(): { answer: Promise<Response>; give: (answer: Response) => void } {
  let give = (_: Response) => {}
  const answer = new Promise<Response>((resolve) => (give = resolve))
  return { answer, give: (one) => give(one) }
}

/** Until whatever goes on without waiting for anything is done. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
