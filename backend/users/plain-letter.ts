/** The words of mails that sign nobody in: an invitation, and what the old address of an account is told. No secret, only the way to the site. */
import type { Letter } from '../delivery/delivery.ts'
import { html } from '../http/html.ts'
import { oneLine, type LetterSite } from '../sign-in/letter.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { fill, isolated } from '../words/fill.ts'
import { textMessage } from '../words/text-message.ts'
import { wordsFor, type Words } from '../words/words.ts'

export type PlainInput = {
  signIn: SignIn
  site: LetterSite
  /** Where the person goes to sign in: the site's own page. */
  url: string
  /** A: its host stands in the Message-ID. */
  publicUrl: string
}

/** As pure as `letter.ts`: written again, it is the same mail. */
export function writeInvitation(input: PlainInput): Letter {
  const words = wordsOf(input)
  const { subject, how, ignore, sms } = words.invitation
  return plainLetter(input, words, { name: 'invitation', subject, text: input.site.codeOnly ? words.noLink.how : how, last: ignore, sms })
}

/** To an address whose account has another one now. */
export function writeFarewell(input: PlainInput): Letter {
  const words = wordsOf(input)
  const { subject, how, notYou, sms } = words.farewell
  return plainLetter(input, words, { name: 'farewell', subject, text: how, last: notYou, sms })
}

const wordsOf = ({ signIn, site }: PlainInput): Words => wordsFor([signIn.locale, site.locale])

type Said = { /** In the Message-ID. */ name: string; subject: string; text: string; last: string; sms: string }

function plainLetter({ signIn, site, url, publicUrl }: PlainInput, words: Words, said: Said): Letter {
  const name = oneLine(site.name)
  const subject = fill(said.subject, { site: name })
  const common = {
    to: signIn.address,
    channel: signIn.channel,
    siteName: name,
    messageId: `${signIn.id.slice(0, 16)}.${said.name}@${new URL(publicUrl).hostname}`,
    locale: words.lang,
    subject,
  }
  if (signIn.channel === 'sms') return { ...common, text: textMessage(name, (shown) => fill(said.sms, { site: isolated(words, shown), url })) }
  const host = isolated(words, new URL(url).host)
  const [text, last] = [fill(said.text, { host }), fill(said.last, { host })]
  return {
    ...common,
    text: [fill(said.subject, { site: isolated(words, name) }), text, url, last, ''].join('\n\n'),
    html: plainHtml(words, { subject, text, url, last }),
  }
}

function plainHtml({ lang, dir }: Words, { subject, text, url, last }: Record<'subject' | 'text' | 'url' | 'last', string>): string {
  return html`<!doctype html>
<html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:32rem;margin:2rem auto;padding:0 1rem"><div dir="${dir}">
<h1 style="font-size:1.25rem">${subject}</h1>
<p>${text}</p>
<p><a dir="ltr" href="${url}">${url}</a></p>
<p>${last}</p>
</div></body></html>`.toString()
}
