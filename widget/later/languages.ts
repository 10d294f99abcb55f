/** Which languages there are; each is fetched when somebody speaks it. */
import { enMore } from '../messages/en-more.ts'
import type { Language } from '../messages/messages.ts'

const languages: Record<string, () => Promise<Language>> = {
  ar: () => import('../messages/ar.ts').then(({ ar }) => ar),
  cs: () => import('../messages/cs.ts').then(({ cs }) => cs),
  de: () => import('../messages/de.ts').then(({ de }) => de),
  es: () => import('../messages/es.ts').then(({ es }) => es),
  fr: () => import('../messages/fr.ts').then(({ fr }) => fr),
  he: () => import('../messages/he.ts').then(({ he }) => he),
  it: () => import('../messages/it.ts').then(({ it }) => it),
  ja: () => import('../messages/ja.ts').then(({ ja }) => ja),
  ko: () => import('../messages/ko.ts').then(({ ko }) => ko),
  nl: () => import('../messages/nl.ts').then(({ nl }) => nl),
  pl: () => import('../messages/pl.ts').then(({ pl }) => pl),
  pt: () => import('../messages/pt.ts').then(({ pt }) => pt),
  sv: () => import('../messages/sv.ts').then(({ sv }) => sv),
  tr: () => import('../messages/tr.ts').then(({ tr }) => tr),
  uk: () => import('../messages/uk.ts').then(({ uk }) => uk),
  zh: () => import('../messages/zh.ts').then(({ zh }) => zh),
}

/** A language's tag as it stands in the table: `zh-Hant-TW` is `zh-Hant`, else `zh`. */
function known(tag: string): string | undefined {
  const parts = tag.split('-')
  const tags = parts.map((_, cut) => parts.slice(0, parts.length - cut).join('-').toLowerCase())
  return tags.map((wanted) => Object.keys(languages).find((each) => each.toLowerCase() === wanted) ?? (wanted === 'en' ? 'en' : undefined)).find(Boolean)
}

/** Chinese in traditional characters, which nobody has written yet: simplified ones are another script, not another region. */
const traditional = /^zh\b(?!.*-hans\b).*-(hant|tw|hk|mo)\b/i

/** The sentences of the first of the wanted languages that we speak; of English only what the script does not carry. */
export async function wordsOf(wanted: readonly string[]): Promise<Partial<Language>> {
  const reads = wanted.some((tag) => traditional.test(tag)) ? wanted.filter((tag) => !traditional.test(tag) && tag.toLowerCase() !== 'zh') : wanted
  const tag = reads.map(known).find(Boolean)
  return (tag && (await languages[tag]?.())) || enMore
}
