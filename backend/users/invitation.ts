/**
 * The mail that tells somebody they may sign in. It holds no secret: only the way to the site, where they sign in like anybody else. Its
 * fate is kept in a record of the same kind as a sign-in's, so that it is queued, tried again and survives a crash the same way; nobody
 * has that record's V, its link is never written, so nothing can come of it but the mail.
 */
import type { Letter } from '../delivery/delivery.ts'
import { html } from '../http/html.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { oneLine } from '../sign-in/letter.ts'
import { mailBudget } from '../sign-in/start-sign-in.ts'
import { landingUrlFor } from '../sites/landing.ts'
import type { Site } from '../sites/site.ts'
import { fill, isolated } from '../words/fill.ts'
import { wordsFor, type Words } from '../words/words.ts'
import type { User } from './user.ts'

/** How long its mail is tried: a day. */
export const invitationSeconds = 86_400

/** @throws {Problem} `rate_limited` where the address has had its mails; the invitation itself stands */
export async function inviteByMail(services: Services, site: Site, user: User): Promise<void> {
  const { store, clock, random } = services
  const now = clock.now()
  const { key, budget } = mailBudget(services, services.secrets.pseudonym(user.address))
  const taken = await store.counters.take(key, budget, now)
  if (!taken.taken) throw new Problem('rate_limited', { retryAfterSeconds: taken.retryAfterSeconds })
  await store.signIns.insert({
    id: random.id(),
    siteId: site.id,
    invitation: true,
    origin: originFor(site),
    channel: user.channel,
    address: user.address,
    challenge: random.id(32),
    state: 'pending',
    createdAt: now,
    expiresAt: now + invitationSeconds,
    locale: site.locale ?? 'en',
    browser: '',
    codeTriesLeft: 0,
    numberTriesLeft: 0,
    delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: now, lastAskedAt: now },
  })
  services.wakeDelivery()
}

/** The first that is no pattern; a site may have patterns alone, and then its mail says so in words. */
function originFor(site: Site): string {
  return site.origins.find((origin) => !origin.includes('*')) ?? site.origins[0]?.replace('*', 'www') ?? ''
}

/** As pure as `letter.ts`: written again, it is the same mail. */
export function writeInvitation({ signIn, site, publicUrl }: { signIn: SignIn; site: Site; publicUrl: string }): Letter {
  const words = wordsFor([signIn.locale, site.locale])
  const url = landingUrlFor(site, signIn.origin) ?? signIn.origin
  const name = oneLine(site.name)
  const { invitation: say, lang } = words
  const subject = fill(say.subject, { site: name })
  const how = fill(say.how, { host: isolated(words, new URL(url).host) })
  return {
    to: signIn.address,
    channel: signIn.channel,
    siteName: name,
    messageId: `${signIn.id.slice(0, 16)}.invitation@${new URL(publicUrl).hostname}`,
    locale: lang,
    subject,
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
