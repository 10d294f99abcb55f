/** What a link brings to the landing page: a token in the fragment, which leaves the address bar at once. */
import { jwtPart } from './encoding.ts'
import type { Page } from './page.ts'

/** A token from A: an arrival is worth nothing without V; a handoff is good once. */
export type Landing = { kind: 'arrival' | 'handoff'; token: string }

const part = /(^|&)linklatch=([\w-]+\.[\w-]+\.[\w-]+)(?=&|$)/

/** Takes the token out of `#linklatch=…`, keeping the fragment's other parts. */
export function takeLanding(page: Pick<Page, 'location' | 'history'>): Landing | undefined {
  const fragment = page.location.hash.slice(1)
  const token = part.exec(fragment)?.[2]
  if (!token) return undefined
  const left = fragment.replace(part, '').replace(/^&/, '')
  const { pathname, search } = page.location
  page.history.replaceState(page.history.state, '', pathname + search + (left && `#${left}`))
  return { kind: jwtPart(token, 0, 'typ') === 'handoff+jwt' ? 'handoff' : 'arrival', token }
}

/** An address on this page's own origin, absolute; `undefined` for any other, other schemes above all (R61, R70). */
export function ownUrl(text: string, page: Pick<Location, 'origin' | 'href'>): string | undefined {
  return httpOrigin(text, page.href) === page.origin ? new URL(text, page.href).href : undefined
}

/** The origin of an http(s) address, a relative one's by its base; `undefined` for anything else. */
export function httpOrigin(text: string, base?: string): string | undefined {
  try {
    const { protocol, origin } = new URL(text, base)
    return /^https?:$/.test(protocol) ? origin : undefined
  } catch {
    return undefined
  }
}
