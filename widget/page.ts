/** What the client needs of the page it runs in. H's storage holds two harmless words, never a token. */
export type Page = {
  location: Pick<Location, 'origin' | 'href'>
  /** What a relative address begins with, as in the page's own links: it may have a `<base>`. */
  base: string
  /** Whether somebody was signed in here last time: decides between a quiet placeholder and the form, nothing else. */
  hint: () => boolean
  remember: (signedIn: boolean) => void
  /** Calls back when the page is seen again, or has its network again. */
  onReturn: (back: () => void) => void
  /** Goes to a checked address on H. */
  assign: (url: string) => void
  /** Leaves for A's own page. */
  replace: (url: string) => void
}

/** One word of ours in H's storage; empty where there is none, or where the browser refuses storage. */
export function kept(name: 'hint' | 'address'): string {
  try {
    return localStorage.getItem(`linklatch.${name}`) ?? ''
  } catch {
    return ''
  }
}

/** Keeps a word, or forgets it where it is empty. */
export function keep(name: 'hint' | 'address', word: string): void {
  try {
    if (word) localStorage.setItem(`linklatch.${name}`, word)
    else localStorage.removeItem(`linklatch.${name}`)
  } catch {}
}

/** The page as the browser has it; nothing is touched before it is used. */
export const browserPage: Page = {
  get location() {
    return window.location
  },
  get base() {
    return document.baseURI
  },
  hint: () => kept('hint') === '1',
  remember: (signedIn) => keep('hint', signedIn ? '1' : ''),
  onReturn: (back) => {
    window.addEventListener('online', back)
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && back())
  },
  assign: (url) => window.location.assign(url),
  replace: (url) => window.location.replace(url),
}
