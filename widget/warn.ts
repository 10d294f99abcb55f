import { isSetup, sentenceOf } from './complaints.ts'
import { en } from './messages/en.ts'
import { enMore } from './messages/en-more.ts'

/** The English sentence of a code, for whoever reads errors and the console. */
export const plainly = (code: string, server: string): string => sentenceOf(code, server, { ...en, ...enMore })

/** Names to the owner of the page what has to be mended, once for each code. */
export class Warnings {
  readonly #warned = new Set<string>()

  warn(code: string, sentence: string): void {
    if (isSetup(code) && !this.#warned.has(code)) console.warn(`[linklatch] ${code}: ${sentence}`)
    this.#warned.add(code)
  }
}
