/** Which languages there are; each is fetched when somebody speaks it. */
import { enMore } from '../messages/en-more.ts'
import type { Messages } from '../messages/messages.ts'

const languages: Record<string, () => Promise<Messages>> = {
  de: () => import('../messages/de.ts').then(({ de }) => de),
}

/** A language's tag as it stands in the table: `zh-Hant-TW` is `zh-Hant`, else `zh`. */
function known(tag: string): string | undefined {
  const parts = tag.split('-')
  const tags = parts.map((_, cut) => parts.slice(0, parts.length - cut).join('-').toLowerCase())
  return tags.map((wanted) => Object.keys(languages).find((each) => each.toLowerCase() === wanted) ?? (wanted === 'en' ? 'en' : undefined)).find(Boolean)
}

/** The sentences of the first of the wanted languages that we speak; of English only what the script does not carry. */
export async function wordsOf(wanted: readonly string[]): Promise<Partial<Messages>> {
  const tag = wanted.map(known).find(Boolean)
  return (tag && (await languages[tag]?.())) || enMore
}
