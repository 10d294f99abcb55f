/** From codes to words. English is in the script; the page's own language, where we have it, comes later. */
import { en } from './en.ts'
import type { ErrorCode, Messages } from './messages.ts'

/** The sentences of a locale. */
export const messagesFor = (_locale: string | undefined): Messages => en

const isErrorCode = (code: string, words: Messages): code is ErrorCode => Object.hasOwn(words.errors, code)

/** What to say about a code; `{}` is filled with `about`. */
export const errorSentence = (words: Messages, code: string, about: string): string =>
  words.errors[isErrorCode(code, words) ? code : 'unexpected'].replace('{}', about)
