/** The console's addresses, all of them fragments of one page: `#/sites/ID/people/UID`. */
export const tabs = ['people', 'sign-ins', 'events', 'embed', 'settings'] as const
export type Tab = (typeof tabs)[number]

export type Route =
  | { name: 'sites' }
  | { name: 'new' }
  | { name: 'log' }
  | { name: 'site'; id: string; tab: Tab }
  /** The events that name one sign-in, user or session. */
  | { name: 'about'; id: string; about: string }
  | { name: 'person'; id: string; uid: string }

/** What nobody wrote here leads to the list of sites. */
export function routeOf(hash: string): Route {
  const [first, id = '', tab = 'people', one = '', ...more] = hash.replace(/^#\/?/, '').split('/').map(decoded)
  if (more.length === 0 && first === 'sites' && isId(id)) {
    if (tab === 'people' && isId(one)) return { name: 'person', id, uid: one }
    if (tab === 'events' && isId(one)) return { name: 'about', id, about: one }
    const found = tabs.find((each) => each === tab)
    if (found && one === '') return { name: 'site', id, tab: found }
  }
  if (id === '' && (first === 'new' || first === 'log')) return { name: first }
  return { name: 'sites' }
}

export const hashOf = {
  sites: '#/',
  new: '#/new',
  log: '#/log',
  site: (id: string, tab: Tab = 'people') => `#/sites/${encodeURIComponent(id)}/${tab}`,
  about: (id: string, about: string) => `#/sites/${encodeURIComponent(id)}/events/${encodeURIComponent(about)}`,
  person: (id: string, uid: string) => `#/sites/${encodeURIComponent(id)}/people/${encodeURIComponent(uid)}`,
}

/** As ids are made here (`backend/protocol.ts`), so that nothing else becomes part of a path. */
const isId = (text: string): boolean => /^[\w-]{1,64}$/.test(text)

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
