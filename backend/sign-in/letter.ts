/**
 * The one mail of a sign-in: a link and a code, and all that a person needs to tell whether it was them who asked (R79).
 * The receiver's address is nowhere in it (R78). The code is not in the subject either, nor in the preview: both are shown
 * on locked screens, to whoever holds the phone.
 */
import { createHash } from 'node:crypto'
import type { Letter } from '../delivery/delivery.ts'
import type { Site } from '../sites/site.ts'
import { letterHtml } from './letter-html.ts'
import type { SignIn } from './sign-in.ts'

/** Every sentence of the mail in one language; another one that misses a sentence does not compile. */
export type LetterSentences = {
  /** Subject and heading. */
  signInTo: (site: string) => string
  preview: (facts: LetterFacts) => string
  intro: string
  button: string
  number: string
  codeTitle: string
  codeOnly: string
  host: string
  browser: string
  askedAt: string
  worksUntil: string
  /** The end of life as a time of day, and what is left of it. */
  until: (time: string, secondsLeft: number) => string
  notYouTitle: string
  notYou: string
  plainLink: string
  sms: (site: string, code: string, link: string) => string
}

const en: LetterSentences = {
  signInTo: (site) => `Sign in to ${site}`,
  preview: ({ host, browser, until }) => `Asked at ${host} by ${browser}. Works until ${until}.`,
  intro: 'Press the button to sign in. No password needed.',
  button: 'Sign in',
  number: 'On another device or in another browser you will be asked for the two-digit number on the first screen.',
  codeTitle: 'Or type this code',
  codeOnly: 'It goes only into the page that asked for it. Nobody will ever ask you for this code: not by phone, not in a chat, not by mail.',
  host: 'Site',
  browser: 'Asked by',
  askedAt: 'Asked at',
  worksUntil: 'Works until',
  until: (time, secondsLeft) => `${time} (${enDuration(secondsLeft)}), once`,
  notYouTitle: 'This wasn’t you?',
  notYou: 'Ignore this mail and nothing happens. To stop this sign-in at once, open the link and press “This wasn’t me”.',
  plainLink: 'If the button does not work, open this link:',
  sms: (site, code, link) => `${site}: your sign-in code is ${code}. Type it only into the page that asked; nobody will ever ask you for it. Or open ${link}`,
}

const languages = new Map<string, LetterSentences>([['en', en]])

export type LetterFacts = { siteName: string; host: string; browser: string; askedAt: string; until: string; code: string; link: string }

export type LetterInput = {
  signIn: SignIn
  site: Pick<Site, 'name' | 'accentColor'>
  link: URL | string
  /** Six digits. */
  code: string
  /** A: its host stands in the Message-ID. */
  publicUrl: URL | string
  /** Epoch seconds. */
  now: number
}

/** The next unsettled mail of a sign-in. Written again for the same mail, it has the same link, code and Message-ID. */
export function writeLetter({ signIn, site, link, code, publicUrl, now }: LetterInput): Letter {
  const [language, sentences] = languageFor(signIn.locale)
  const siteName = oneLine(site.name)
  const facts = factsOf(sentences, signIn, { siteName, code, link: String(link) }, now)
  const common = { to: signIn.address, channel: signIn.channel, siteName, messageId: messageId(signIn, publicUrl), locale: language }
  const subject = sentences.signInTo(siteName)
  if (signIn.channel === 'sms') return { ...common, subject, text: smsText(sentences, facts, code) }
  return { ...common, subject, text: mailText(sentences, facts), html: letterHtml({ language, sentences, facts, accentColor: site.accentColor }) }
}

function languageFor(locale: string): [string, LetterSentences] {
  const language = locale.split('-')[0]?.toLowerCase() ?? ''
  const sentences = languages.get(language)
  return sentences ? [language, sentences] : ['en', en]
}

function factsOf(sentences: LetterSentences, signIn: SignIn, given: Pick<LetterFacts, 'siteName' | 'code' | 'link'>, now: number): LetterFacts {
  return {
    ...given,
    host: new URL(signIn.origin).host,
    browser: oneLine(signIn.browser),
    askedAt: `${day(signIn.createdAt)}, ${timeOfDay(signIn.createdAt)}`,
    until: sentences.until(timeOfDay(signIn.expiresAt), Math.max(0, signIn.expiresAt - now)),
  }
}

function mailText(sentences: LetterSentences, facts: LetterFacts): string {
  const fact = (label: string, value: string) => `${label}: ${value}`
  return [
    sentences.signInTo(facts.siteName),
    `${sentences.button}:\n${facts.link}`,
    sentences.number,
    `${sentences.codeTitle}:\n${facts.code}`,
    sentences.codeOnly,
    [
      fact(sentences.host, facts.host),
      fact(sentences.browser, facts.browser),
      fact(sentences.askedAt, facts.askedAt),
      fact(sentences.worksUntil, facts.until),
    ].join('\n'),
    `${sentences.notYouTitle} ${sentences.notYou}`,
    '',
  ].join('\n\n')
}

/** The last line lets phones offer the code on that host alone (WICG "Origin-bound one-time codes delivered via SMS"). */
function smsText(sentences: LetterSentences, { siteName, code, link, host }: LetterFacts, digits: string): string {
  return `${sentences.sms(siteName, code, link)}\n\n@${host} #${digits}`
}

/** `<16 hexadecimal digits of the id's hash>.<which mail>@<A's host>`: tells nothing about the id. */
function messageId({ id, delivery }: SignIn, publicUrl: URL | string): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16)
  return `${hash}.${delivery.settled + 1}@${new URL(publicUrl).hostname}`
}

/** What somebody else has typed, as one line that cannot end a header nor turn the text around it (controls, bidi overrides). */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim()
}


/** `14 May 2026`. In UTC, since nobody here knows where the reader is. Made once: to make one takes half a millisecond. */
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const day = (at: number): string => days.format(at * 1000)

/** `09:41 UTC` */
function timeOfDay(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(11, 16)} UTC`
}

function enDuration(seconds: number): string {
  const [count, unit] = seconds < 90 ? [Math.round(seconds), 'second'] : [Math.round(seconds / 60), 'minute']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
