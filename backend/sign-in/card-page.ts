/** The frame of every page that a link may open: one card, the site's sign, one heading. */
import { html, type Html } from '../http/html.ts'
import { page } from '../http/page.ts'
import { parseUrl } from '../sites/origins.ts'
import type { Site } from '../sites/site.ts'
import { fillHtml } from '../words/fill.ts'
import type { Words } from '../words/words.ts'
import { cardStyles } from './card-styles.ts'

/** What a page shows of a site. */
export type ShownSite = Readonly<Pick<Site, 'name'> & {
  accentColor?: string
  /** The path of its logo, here: nothing is loaded from elsewhere on a page that saw a token (R58). Without one the name's initial stands in its place. */
  logoPath?: string | undefined
}>

export type CardInput = {
  site: ShownSite | undefined
  nonce: string
  words: Words
  /** Of the window. */
  title: string
  heading: Html | string
  /** The heading says the site's name already. */
  isSiteInHeading?: boolean
  body: Html
}

/** The whole document, as text. */
export function cardPage({ site, nonce, words, title, heading, isSiteInHeading = false, body }: CardInput): string {
  return page({
    title,
    lang: words.lang,
    dir: words.dir,
    nonce,
    icon: site?.logoPath,
    css: cardStyles(site?.accentColor),
    body: html`<main>
${site && html`<p class="site">${sign(site, words.lang)}${!isSiteInHeading && bdi(site.name)}</p>`}
<h1>${heading}</h1>
${body}
</main>`,
  })
}

/** A name or an address in a sentence: its own direction of writing cannot turn the sentence around. */
export function bdi(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** "Go to the site" as a link that looks like a button, to an http or https address; nothing for any other (R61). */
export function wayBack(words: Words, site: ShownSite, url: string | undefined): Html | undefined {
  const target = url === undefined ? undefined : parseUrl(url)
  if (target === undefined || !/^https?:$/.test(target.protocol)) return undefined
  return html`<p><a class="button primary" href="${target.href}">${fillHtml(words.back, { site: bdi(site.name) })}</a></p>`
}

function sign({ name, logoPath }: ShownSite, lang: string): Html {
  return logoPath === undefined ? html`<span class="mark" aria-hidden="true">${initial(name, lang)}</span>` : html`<img class="logo" src="${logoPath}" alt="">`
}

function initial(siteName: string, lang: string): string {
  const [first] = graphemes.segment(siteName.trim())
  return (first?.segment ?? '').toLocaleUpperCase(lang)
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
