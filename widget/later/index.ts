/** Everything that comes after the form: what speaks with A, other words, and what helps. What few pages need is a file of its own behind this one. */
import type { ClientElement, Extra, Html } from '../client-element.ts'
import type { LinklatchSignIn } from '../sign-in/sign-in-element.ts'
import type { LinklatchUser } from '../user/user-element.ts'
import { extraOf as signInExtra } from './extra.ts'

export { Client } from '../client.ts'
export { wordsOf } from './languages.ts'

const isSignIn = (element: ClientElement): element is LinklatchSignIn => 'send' in element
const isUser = (element: ClientElement): element is LinklatchUser => 'isMenu' in element
const account = (): Promise<typeof import('./account.ts')> => import('./account.ts')

/** What an element draws beyond what the script carries. */
export async function extraOf(element: ClientElement, html: Html): Promise<Extra> {
  if (isSignIn(element)) return signInExtra(element, html)
  return isUser(element) ? (await account()).accountOf(element, html) : () => html``
}
