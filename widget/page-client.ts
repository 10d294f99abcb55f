/** The one client of this window, which every element without its own uses. */
import type { Client } from './client.ts'

/** What an element needs of a client; a test hands in its own. */
export type ElementClient = Pick<Client, 'state' | 'subscribe' | 'signIn' | 'enterCode' | 'resend' | 'cancel' | 'signOut' | 'sentence' | 'use' | 'revive' | 'fail'>

let shared: ElementClient | undefined

export const sharedClient = (): ElementClient | undefined => shared
export const shareClient = (client: ElementClient): void => {
  shared = client
}
