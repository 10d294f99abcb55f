/**
 * What a page loads: defines the elements, starts the client, and is the same again when it is loaded twice. On a server, where
 * there is no window with elements, it does nothing.
 */
import { createApi, type Linklatch } from './api.ts'
import { LinklatchGate } from './gate/gate-element.ts'
import { httpOrigin } from './landing.ts'
import { PageClient, shareClient } from './page-client.ts'
import { LinklatchSignIn } from './sign-in/sign-in-element.ts'
import { LinklatchUser } from './user/user-element.ts'

export type { PageSession, Waiting } from './bridge-messages.ts'
export type { Linklatch } from './api.ts'
export type { LinklatchAttributes, LinklatchEventHandlers, LinklatchEvents, SignInAttributes } from './element-types.ts'
export type { SignInRequest } from './start-sign-in.ts'
export type { Messages } from './messages/messages.ts'
export type { Refusal as LinklatchError } from './refusal.ts'
export type { LinklatchGate, LinklatchSignIn, LinklatchUser }

declare global {
  interface Window {
    linklatch?: Linklatch
  }
}

const elements = { 'linklatch-sign-in': LinklatchSignIn, 'linklatch-gate': LinklatchGate, 'linklatch-user': LinklatchUser }

/** The page's own, made by whichever copy of the script came first; an element of that id is not it. */
function pageApi(): Linklatch {
  const present = window.linklatch
  if (typeof present?.getToken === 'function') return present
  const client = new PageClient({ server: httpOrigin(import.meta.url) ?? '' })
  const api = (window.linklatch = createApi(client))
  shareClient(client)
  for (const [name, element] of Object.entries(elements)) if (!customElements.get(name)) customElements.define(name, element)
  // The elements draw in the microtasks before: nothing is fetched before the form is there.
  void Promise.resolve().then(() => client.start().catch(() => {}))
  return api
}

const api = typeof window === 'object' && 'customElements' in window ? pageApi() : createApi(undefined)

export const { ready, getToken, fetch, signIn, signOut, onChange } = api
/** The session now, or null; follows each change. */
export let session = api.session
/** Who is signed in now, or null; follows each change. */
export let user = api.user
api.onChange(() => ({ session, user } = api))
