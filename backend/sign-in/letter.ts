/**
 * The one mail of a sign-in: a link and a code (a code alone at a site that is `codeOnly`), and all that a person needs to tell whether it was them who asked (R79).
 * The receiver's address is nowhere in it (R78). The code is not in the subject either, nor in the preview: both are shown
 * on locked screens, to whoever holds the phone.
 */
import { createHash } from 'node:crypto'
import type { Letter } from '../delivery/delivery.ts'
import type { Site } from '../sites/site.ts'
import { fill, isolated, running } from '../words/fill.ts'
import { browser, day, duration, timeOfDay } from '../words/spoken.ts'
import { textMessage } from '../words/text-message.ts'
import { wordsFor, type Words } from '../words/words.ts'
import { letterHtml } from './letter-html.ts'
import type { SignIn } from './sign-in.ts'

/** What is the mail's own, already in its language. */
export type LetterFacts = { siteName: string; host: string; browser: string; askedAt: string; until: string; code: string; /** Nothing at a site that mails no link. */ link?: { url: string; /** What happens to it on another device. */ elsewhere: string } }

/** What a letter says of a site. */
export type LetterSite = Pick<Site, 'name' | 'accentColor' | 'locale' | 'strict' | 'codeOnly'>

/** Plain data: it may come from another thread. */
export type LetterInput = {
  signIn: SignIn
  site: LetterSite
  /** Nothing where the code alone signs in. */
  link?: string
  /** Six digits. */
  code: string
  /** A: its host stands in the Message-ID. */
  publicUrl: string
  /** Epoch seconds. */
  now: number
}

/** The next unsettled mail of a sign-in. Written again for the same mail, it has the same link, code and Message-ID. */
export function writeLetter({ signIn, site, link, code, publicUrl, now }: LetterInput): Letter {
  const words = wordsFor([signIn.locale, site.locale])
  const siteName = oneLine(site.name)
  const facts = factsOf(words, signIn, { siteName, code, ...(link !== undefined && { link: { url: link, elsewhere: site.strict ? words.letter.strict : words.letter.number } }) }, now)
  const common = { to: signIn.address, channel: signIn.channel, siteName, messageId: messageId(signIn, publicUrl), locale: words.lang }
  const subject = fill(words.approve.title, { site: siteName })
  if (signIn.channel === 'sms') return { ...common, subject, text: smsText(words, facts, new URL(signIn.origin).hostname) }
  return { ...common, subject, text: mailText(words, facts), html: letterHtml({ words, facts, accentColor: site.accentColor }) }
}

function factsOf(words: Words, signIn: SignIn, given: Pick<LetterFacts, 'siteName' | 'code' | 'link'>, now: number): LetterFacts {
  const left = duration(words, Math.max(0, signIn.expiresAt - now))
  return {
    ...given,
    host: new URL(signIn.origin).host,
    browser: browser(words, oneLine(signIn.browser)),
    askedAt: fill(words.letter.dayAndTime, { day: day(words, signIn.createdAt), time: timeOfDay(signIn.createdAt) }),
    until: fill(words.letter.until, { time: timeOfDay(signIn.expiresAt), left }),
  }
}

/** The words of a letter without a link are its own where they would speak of one. */
export const letterWords = ({ letter, noLink }: Words, { link }: Pick<LetterFacts, 'link'>): Words['letter'] => (link ? letter : { ...letter, ...noLink })

function mailText(words: Words, facts: LetterFacts): string {
  const { approve } = words
  const say = letterWords(words, facts)
  const fact = (label: string, value: string) => `${label}: ${running(words, value)}`
  return [
    fill(approve.title, { site: isolated(words, facts.siteName) }),
    ...(facts.link ? [`${say.button}:\n${facts.link.url}`, facts.link.elsewhere] : []),
    `${say.codeTitle}:\n${facts.code}`,
    say.codeOnly,
    [fact(say.host, isolated(words, facts.host)), fact(say.browser, facts.browser), fact(say.askedAt, facts.askedAt), fact(say.worksUntil, facts.until)].join('\n'),
    `${say.notYouTitle} ${fill(say.notYou, { reject: approve.reject })}`,
    '',
  ].join('\n\n')
}

/** The last line lets phones offer the code on that host alone; it names no port (WICG "Origin-bound one-time codes delivered via SMS"). */
function smsText(words: Words, facts: LetterFacts, hostname: string): string {
  const { siteName, code, link } = facts
  return textMessage(siteName, (name) => `${fill(letterWords(words, facts).sms, { site: isolated(words, name), code, link: link?.url ?? '' })}\n\n@${hostname} #${code}`)
}

/** `<16 hexadecimal digits of the id's hash>.<which mail>@<A's host>`: tells nothing about the id. */
function messageId({ id, delivery }: SignIn, publicUrl: string): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16)
  return `${hash}.${delivery.settled + 1}@${new URL(publicUrl).hostname}`
}

/** What somebody else has typed, as one line that cannot end a header nor turn the text around it (controls, bidi overrides). */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim()
}
