/** The page of a link that no longer works: one sentence of what happened, and the way back to the site. */
import { html } from '../http/html.ts'
import { fill } from '../words/fill.ts'
import type { Words } from '../words/words.ts'
import { cardPage, type ShownSite, wayBack } from './card-page.ts'

/** `malformed` is a 400, for nobody knows what it was; all others are 410. */
export type DeadLinkKind = 'used' | 'moved' | 'expired' | 'cancelled' | 'rejected' | 'malformed'

export type DeadLinkPageInput = {
  kind: DeadLinkKind
  nonce: string
  words: Words
  site?: ShownSite
  /** The site's landing URL or origin. */
  backTo?: string
}

/** The whole document, as text. Without `site` or `backTo` the way back is a sentence. */
export function deadLinkPage({ kind, nonce, site, backTo, words }: DeadLinkPageInput): string {
  const { title, text } = words.deadLink[kind]
  const { here, reject } = words.approve
  const link = site && wayBack(words, site, backTo)
  const isWantedAgain = kind !== 'malformed' && kind !== 'moved'
  const body = html`<p>${fill(text, { here, reject })}</p>
${isWantedAgain && html`<p class="muted">${words.deadLink.again}</p>`}
${link ?? html`<p class="muted">${words.deadLink.backNowhere}</p>`}`
  return cardPage({ site, nonce, words, title, heading: title, body })
}
