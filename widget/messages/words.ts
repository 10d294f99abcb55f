/** From codes to words, and from seconds to a countdown. English is in the script; the rest comes after the form is shown. */
import type { Messages, Sentence, Words } from './messages.ts'

export const isSentence = (code: string, words: Words): code is Sentence => Object.hasOwn(words, code)

/** A countdown: seconds, then minutes, as the language writes them. */
export function duration(seconds: number, { lang }: Pick<Messages, 'lang'>): string {
  const [value, unit] = seconds < 100 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return new Intl.NumberFormat(lang, { style: 'unit', unit }).format(value)
}
