/** What the client needs of the page it runs in. H's storage holds one harmless word, never a token. */
export type Page = {
  location: Pick<Location, 'hash' | 'pathname' | 'search' | 'origin' | 'href'>
  history: Pick<History, 'replaceState' | 'state'>
  /** Whether somebody was signed in here last time: decides between a quiet placeholder and the form, nothing else. */
  hint: () => boolean
  remember: (signedIn: boolean) => void
  /** Goes to a checked address on H. */
  assign: (url: string) => void
  /** Leaves for A's own page. */
  replace: (url: string) => void
}

const key = 'linklatch.hint'

/** The page as the browser has it; nothing is touched before it is used. */
export const browserPage: Page = {
  get location() {
    return window.location
  },
  get history() {
    return window.history
  },
  hint: () => {
    try {
      return localStorage.getItem(key) === '1'
    } catch {
      return false
    }
  },
  remember: (signedIn) => {
    try {
      if (signedIn) localStorage.setItem(key, '1')
      else localStorage.removeItem(key)
    } catch {}
  },
  assign: (url) => window.location.assign(url),
  replace: (url) => window.location.replace(url),
}
