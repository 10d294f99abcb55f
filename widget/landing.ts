/** What a link brings to the landing page: a token in the fragment, which leaves the address bar at once. */

const part = /(^|&)linklatch=([\w-]+\.[\w-]+\.[\w-]+)(?=&|$)/

type Arrived = {
  location: Pick<Location, 'hash' | 'pathname' | 'search'>
  history: Pick<History, 'replaceState' | 'state'>
  /** Without it in the pretended windows of unit tests. */
  performance: { getEntriesByType?: (type: 'navigation') => { name: string }[] }
}

/**
 * Takes A's token out of `#linklatch=…`, keeping the fragment's other parts: an arrival, worth nothing without V, or a handoff, good once. Routers that keep their place in the fragment put their own there when
 * they start; where one was here before, the address that the browser came to still has it.
 */
export function takeLanding(page: Arrived): string | undefined {
  const { hash, pathname, search } = page.location
  const fragment = hash.slice(1)
  const shown = part.exec(fragment)
  const token = (shown ?? part.exec(page.performance.getEntriesByType?.('navigation')[0]?.name.split('#')[1] ?? ''))?.[2]
  if (!token) return undefined
  const left = fragment.replace(part, '').replace(/^&/, '')
  if (shown) page.history.replaceState(page.history.state, '', pathname + search + (left && `#${left}`))
  return token
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
