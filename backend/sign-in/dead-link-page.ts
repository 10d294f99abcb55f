/** The page of a link that no longer works: one sentence of what happened, and the way back to the site. */
import { html, type Html } from '../http/html.ts'
import { bdi, cardPage, type ShownSite, wayBack } from './card-page.ts'

/** `malformed` is a 400, for nobody knows what it was; all others are 410. */
export type DeadLinkKind = 'used' | 'moved' | 'expired' | 'cancelled' | 'rejected' | 'malformed'

export type DeadLinkPageInput = {
  kind: DeadLinkKind
  nonce: string
  site?: ShownSite
  /** The site's landing URL or origin. */
  backTo?: string
}

const en = {
  lang: 'en',
  kinds: {
    used: ['This link has been used', 'Somebody has already signed in with it, and a link works only once.'],
    moved: ['This sign-in went on elsewhere', '“Sign in here instead” was pressed, so it goes on in that browser and nowhere else.'],
    expired: ['This link is too old', 'For your safety, a link works only for a few minutes after it was asked for.'],
    cancelled: ['This sign-in was cancelled', 'It was called off on the screen where it was started.'],
    rejected: ['This sign-in was stopped', 'Somebody pressed “This wasn’t me”, or a wrong number was typed twice.'],
    malformed: ['This link does not work', 'Part of it may be missing; open the whole link from the mail, or ask for a new one.'],
  } satisfies Record<DeadLinkKind, readonly [heading: string, sentence: string]>,
  again: 'If you still want to sign in, ask for a new link.',
  back: (site: Html) => html`Go to ${site}`,
  backNowhere: 'Go back to the page where you wanted to sign in.',
}

/** The whole document, as text. Without `site` or `backTo` the way back is a sentence. */
export function deadLinkPage({ kind, nonce, site, backTo }: DeadLinkPageInput): string {
  const [heading, sentence] = en.kinds[kind]
  const link = site && wayBack(backTo, en.back(bdi(site.name)))
  const isWantedAgain = kind !== 'malformed' && kind !== 'moved'
  const body = html`<p>${sentence}</p>
${isWantedAgain && html`<p class="muted">${en.again}</p>`}
${link ?? html`<p class="muted">${en.backNowhere}</p>`}`
  return cardPage({ site, nonce, lang: en.lang, title: heading, heading, body })
}
