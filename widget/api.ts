/** What a page's own code uses: `window.linklatch`, and the module's exports. */
import type { PageSession, Waiting } from './bridge-messages.ts'
import type { PageClient } from './page-client.ts'
import type { SignInRequest } from './start-sign-in.ts'
import { unlessAborted } from './unless-aborted.ts'

export type Linklatch = {
  /** Resolves, with the session or null, as soon as it is known whether somebody is signed in. */
  readonly ready: Promise<PageSession | null>
  readonly session: PageSession | null
  readonly user: PageSession['user'] | null
  /** A token with at least 30 s left, renewed if need be; null when signed out. Rejects with an error that has a `code` while nobody can say which. */
  getToken: () => Promise<string | null>
  /** The platform's `fetch` with the bearer token, or with an `Authorization` of your own. Only for your own API: whoever it calls gets the token. */
  fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>
  /** Asks for a link; resolves when it is on its way, with the match number to show (empty where the site is strict or mails no link: no page takes one). Rejects with an error that has a `code`. */
  signIn: (request: SignInRequest) => Promise<Waiting>
  /** Signs out in every tab of this host; with `everywhere` on every device. */
  signOut: (options?: { everywhere?: boolean | undefined }) => Promise<void>
  /** Hears each new session, renewed ones too, and null on sign-out. @returns what ends it */
  onChange: (listener: (session: PageSession | null) => void) => () => void
}

/** One object over the client; without one (on a server) nobody is ever signed in. */
export function createApi(client: PageClient | undefined): Linklatch {
  const getToken = async (): Promise<string | null> => client?.getToken() ?? null
  return {
    ready: client?.ready ?? Promise.resolve(null),
    get session() {
      return client?.state.session ?? null
    },
    get user() {
      return client?.state.session?.user ?? null
    },
    getToken,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const token = await unlessAborted(getToken(), request.signal)
      if (token && !request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${token}`)
      return fetch(request)
    },
    signIn: async (request) => client?.signIn(request) ?? Promise.reject(new TypeError('linklatch: sign-in needs a browser')),
    signOut: async (options) => client?.signOut(options),
    onChange: (listener) => {
      let last = client?.state.session ?? null
      const changed = client?.subscribe(({ session }) => {
        if (session === last) return
        last = session
        try {
          listener(session)
        } catch (thrown) {
          // As the platform does it: whoever else listens, the elements above all, hears of it all the same.
          reportError(thrown)
        }
      })
      return changed ?? (() => {})
    },
  }
}
