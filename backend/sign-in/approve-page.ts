/**
 * The approve page and what follows it: who asks for what comes first, then the number, then the ways out (security, "the threat").
 * Pure, works without JavaScript: one form, three buttons, and only the first of them needs the number.
 */
import { html, type Html } from '../http/html.ts'
import { bdi, cardPage, type ShownSite, wayBack } from './card-page.ts'
import type { SignIn } from './sign-in.ts'

type ShownSignIn = Pick<SignIn, 'address' | 'browser' | 'createdAt' | 'origin'>
type Base = { site: ShownSite; signIn: ShownSignIn; nonce: string }

export type ApprovePageInput = Base & {
  /** The link token or the arrival token: it comes back with the form. */
  token: string
  /** Whether "sign in here instead" is offered: only where there is a landing URL. */
  landing: boolean
  /** The number just typed was wrong. */
  wrongNumber?: boolean
  /** Epoch seconds. */
  now: number
}

const en = {
  lang: 'en',
  ask: (site: Html) => html`Sign in to ${site}?`,
  askTitle: (site: string) => `Sign in to ${site}`,
  errorTitle: (title: string) => `Wrong number – ${title}`,
  account: 'Account',
  askedFrom: 'Asked from',
  browser: (browser: string, ago: string) => `${capital(browser)}, ${ago}`,
  justNow: 'just now',
  number: 'Number on the first screen',
  numberHint: 'Type it only if you see it on your own screen. Nobody who calls or writes to you needs it.',
  wrongNumber: 'That is not the number on the first screen. You have one more try; after that, this sign-in is stopped.',
  there: 'Sign in on the first screen',
  here: 'Sign in here instead',
  hereHint: (address: Html) => html`Or sign this browser in, as ${address}.`,
  reject: 'This wasn’t me',
  approved: 'Approved',
  approvedText: 'Go back to the first screen: it is signed in now. You can close this page.',
  alreadyApproved: 'Already approved',
  alreadyApprovedText: 'This sign-in goes on at the first screen, where it was started. You can close this page.',
  regret: 'If you did not start this sign-in yourself, stop it now.',
  rejected: 'Sign-in stopped',
  rejectedText: 'This link signs nobody in any more, and the first screen has been told.',
  rejectedAdvice: 'You need not do anything else: without your mailbox nobody gets in.',
  back: (site: Html) => html`Go to ${site}`,
}

/** Before anything is decided: 200, or 422 with `wrongNumber`. The form posts `token`, `choice` and `number` to `/approve`. */
export function approvePage(input: ApprovePageInput): string {
  const { site, token, landing, wrongNumber = false } = input
  const title = en.askTitle(site.name)
  const body = html`${facts(input)}
<form method="post" action="/approve">
<input type="hidden" name="token" value="${token}">
${numberField(wrongNumber)}
<button class="primary" name="choice" value="there">${en.there}</button>
<div class="others">
${landing && html`<p class="hint" id="here-hint">${en.hereHint(bdi(input.signIn.address))}</p>
<button name="choice" value="here" formnovalidate aria-describedby="here-hint">${en.here}</button>`}
${rejectButton}
</div>
</form>`
  return cardPage({ ...input, lang: en.lang, title: wrongNumber ? en.errorTitle(title) : title, heading: en.ask(bdi(site.name)), isSiteInHeading: true, body })
}

/** Right after the right number: 200. */
export function approvedPage(input: Base & { token?: string }): string {
  return cardPage({ ...input, lang: en.lang, title: en.approved, heading: en.approved, body: afterApproval(en.approvedText, input.token) })
}

/** Whoever comes again to a sign-in that is approved: 200 when looking, 409 when pressing. */
export function alreadyApprovedPage(input: Base & { token?: string }): string {
  return cardPage({ ...input, lang: en.lang, title: en.alreadyApproved, heading: en.alreadyApproved, body: afterApproval(en.alreadyApprovedText, input.token) })
}

/** Right after "this wasn't me": 200. */
export function rejectedPage(input: Base & { landing?: string | undefined }): string {
  const body = html`<p>${en.rejectedText}</p>
<p class="muted">${en.rejectedAdvice}</p>
${wayBack(input.landing ?? input.signIn.origin, en.back(bdi(input.site.name)))}`
  return cardPage({ ...input, lang: en.lang, title: en.rejected, heading: en.rejected, body })
}

function facts({ signIn, now }: ApprovePageInput): Html {
  return html`<dl>
<dt>${en.account}</dt>
<dd>${bdi(signIn.address)}</dd>
<dt>${en.askedFrom}</dt>
<dd>${en.browser(signIn.browser, ago(now - signIn.createdAt))}</dd>
</dl>`
}

function numberField(isWrong: boolean): Html {
  const error = isWrong && html`<p class="error" id="number-error" role="alert">${en.wrongNumber}</p>`
  const attributes = isWrong ? html` aria-invalid="true" aria-describedby="number-error number-hint" autofocus` : html` aria-describedby="number-hint"`
  return html`<label for="number">${en.number}</label>
<p class="hint" id="number-hint">${en.numberHint}</p>
${error}
<input id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="2" pattern="\\d{1,2}" required${attributes}>`
}

const rejectButton = html`<button class="danger" name="choice" value="reject" formnovalidate>${en.reject}</button>`

/** While the first screen has not claimed it yet, it can still be stopped. */
function afterApproval(text: string, token: string | undefined): Html {
  return html`<p>${text}</p>
${token !== undefined && html`<form class="others" method="post" action="/approve">
<input type="hidden" name="token" value="${token}">
<p class="hint">${en.regret}</p>
${rejectButton}
</form>`}`
}

function ago(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return minutes < 1 ? en.justNow : new Intl.RelativeTimeFormat(en.lang).format(-minutes, 'minute')
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
