/** What stands for the names in a sentence's braces. Filled in one pass: a value that holds braces itself stays the text it is. */
import { html, type Html } from '../http/html.ts'

const placeholder = /\{(\w+)\}/

/** `fill('Sign in to {site}', { site: 'Acme' })`, as text. */
export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  return pieces(sentence, values).join('')
}

/** The same as markup: sentence and texts are escaped, what is markup already stays so. */
export function fillHtml(sentence: string, values: Readonly<Record<string, Html | string>>): Html {
  return html`${pieces(sentence, values)}`
}

/** Every other piece is a name: what `split` does with a group. */
function pieces<Value>(sentence: string, values: Readonly<Record<string, Value>>): (Value | string)[] {
  return sentence.split(placeholder).map((piece, index) => {
    if (index % 2 === 0) return piece
    const value = Object.hasOwn(values, piece) ? values[piece] : undefined
    if (value === undefined) throw new TypeError(`nothing to fill in for {${piece}}`)
    return value
  })
}

/** A name in plain text of a language that runs from the right: its own direction cannot turn the sentence around (Unicode, UAX 9). */
export function isolated({ dir }: { dir: 'ltr' | 'rtl' }, text: string): string {
  return dir === 'rtl' ? `\u2068${text}\u2069` : text
}

/** A text that this program wrote in that language, whatever name it begins with: it runs as the language does. */
export function running({ dir }: { dir: 'ltr' | 'rtl' }, text: string): string {
  return dir === 'rtl' ? `\u2067${text}\u2069` : text
}
