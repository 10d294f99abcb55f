/** The words of an invitation: no secret, only the way to the site. */
import type { Letter } from '../delivery/delivery.ts'
import { html } from '../http/html.ts'
import { oneLine, type LetterSite } from '../sign-in/letter.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { fill, isolated } from '../words/fill.ts'
import { wordsFor, type Words } from '../words/words.ts'

export type InvitationInput = {
  signIn: SignIn
  site: LetterSite
  /** Where the person goes to sign in: the site's own page. */
  url: string
  /** A: its host stands in the Message-ID. */
  publicUrl: string
}

/** As pure as `letter.ts`: written again, it is the same mail. */
export function writeInvitation({ signIn, site, url, publicUrl }: InvitationInput): Letter {
  const words = wordsFor([signIn.locale, site.locale])
  const name = oneLine(site.name)
  const { invitation: say, lang } = words
  const subject = fill(say.subject, { site: name })
  const common = {
    to: signIn.address,
    channel: signIn.channel,
    siteName: name,
    messageId: `${signIn.id.slice(0, 16)}.invitation@${new URL(publicUrl).hostname}`,
    locale: lang,
    subject,
  }
  if (signIn.channel === 'sms') return { ...common, text: fill(say.sms, { site: isolated(words, name), url }) }
  const how = fill(say.how, { host: isolated(words, new URL(url).host) })
  return {
    ...common,
    text: [fill(say.subject, { site: isolated(words, name) }), how, url, say.ignore, ''].join('\n\n'),
    html: invitationHtml(words, { subject, how, url }),
  }
}

function invitationHtml({ lang, dir, invitation }: Words, { subject, how, url }: Record<'subject' | 'how' | 'url', string>): string {
  return html`<!doctype html>
<html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:32rem;margin:2rem auto;padding:0 1rem"><div dir="${dir}">
<h1 style="font-size:1.25rem">${subject}</h1>
<p>${how}</p>
<p><a dir="ltr" href="${url}">${url}</a></p>
<p>${invitation.ignore}</p>
</div></body></html>`.toString()
}
