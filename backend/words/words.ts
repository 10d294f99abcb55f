/** The languages of the pages and the mail: the element's. */
import { ar } from './ar.ts'
import { cs } from './cs.ts'
import { de } from './de.ts'
import { en, type Words } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { he } from './he.ts'
import { it } from './it.ts'
import { ja } from './ja.ts'
import { ko } from './ko.ts'
import { nl } from './nl.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { sv } from './sv.ts'
import { tr } from './tr.ts'
import { uk } from './uk.ts'
import { zh } from './zh.ts'

export type { Words }

export const allWords: readonly Words[] = [ar, cs, de, en, es, fr, he, it, ja, ko, nl, pl, pt, sv, tr, uk, zh]

const languages: ReadonlyMap<string, Words> = new Map(allWords.map((words) => [languageOf(words.lang), words]))

/** Chinese in traditional characters, which nobody has written yet: simplified ones are another script, not another region. */
const traditional = /^zh\b(?!.*-hans\b).*-(hant|tw|hk|mo)\b/i

/** The first of the wanted languages that there is, whatever its region; English where there is none. */
export function wordsFor(wanted: readonly (string | undefined)[]): Words {
  const reads = wanted.some((tag) => traditional.test(tag ?? '')) ? wanted.filter((tag) => !traditional.test(tag ?? '') && tag?.toLowerCase() !== 'zh') : wanted
  for (const tag of reads) {
    const words = languages.get(languageOf(tag))
    if (words) return words
  }
  return en
}

function languageOf(tag: string | undefined): string {
  return tag?.split('-')[0]?.toLowerCase() ?? ''
}
