/** Everything that comes after the form: what speaks with A, other words, and what helps. What few pages need is a file of its own behind this one. */
import type { ClientElement, Extra, Html } from '../client-element.ts'
import { enMore } from '../messages/en-more.ts'
import type { Language } from '../messages/messages.ts'
import type { LinklatchSignIn } from '../sign-in/sign-in-element.ts'
import type { LinklatchUser } from '../user/user-element.ts'
import { extraOf as signInExtra } from './extra.ts'
import { gateOf } from './gate.ts'

export { Client } from '../client.ts'

const languages = (): Promise<typeof import('./languages.ts')> => import('./languages.ts')

/** English is here; the table of the other languages is a file of its own, for it names all their files. */
export async function wordsOf(wanted: readonly string[]): Promise<Partial<Language>> {
  if (/^en\b/i.test(wanted[0] ?? 'en')) return enMore
  return (await languages()).wordsOf(wanted)
}

const isSignIn = (element: ClientElement): element is LinklatchSignIn => 'send' in element
const isUser = (element: ClientElement): element is LinklatchUser => 'isMenu' in element
const account = (): Promise<typeof import('./account.ts')> => import('./account.ts')

/** What an element draws beyond what the script carries. */
export async function extraOf(element: ClientElement, html: Html): Promise<Extra> {
  if (isSignIn(element)) return signInExtra(element, html)
  return isUser(element) ? (await account()).accountOf(element, html) : gateOf(element, html)
}
