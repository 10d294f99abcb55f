/**
 * The approve page and what follows it: who asks for what comes first, then the number, then the ways out (security, "the threat").
 * Pure, works without JavaScript: one form, three buttons, and only the first of them needs the number.
 */
import { html, type Html } from '../http/html.ts'
import { fill, fillHtml } from '../words/fill.ts'
import { ago, browser, capital } from '../words/spoken.ts'
import type { Words } from '../words/words.ts'
import { bdi, cardPage, type ShownSite, wayBack } from './card-page.ts'
import type { SignIn } from './sign-in.ts'
import { anyDigit } from './typed-digits.ts'

type ShownSignIn = Pick<SignIn, 'address' | 'browser' | 'createdAt' | 'origin'>
export type NumberFault = 'wrongNumber' | 'noNumber'

type Base = { site: ShownSite; signIn: ShownSignIn; nonce: string; words: Words }

export type ApprovePageInput = Base & {
  /** The link token or the arrival token: it comes back with the form. */
  token: string
  /** The random id of this very page: it comes back with the form too. */
  page: string
  /** Whether "sign in here instead" is offered: only where there is a landing URL. */
  landing: boolean
  /** What was wrong with the number just typed. */
  fault?: NumberFault | undefined
  /** Epoch seconds. */
  now: number
}

/** Before anything is decided: 200, or 422 with a `fault`. The form posts `token`, `page`, `choice` and `number` to `/approve`. */
export function approvePage(input: ApprovePageInput): string {
  const { site, token, page, landing, words, fault } = input
  const say = words.approve
  const title = fill(say.title, { site: site.name })
  const body = html`${facts(input)}
<form method="post" action="/approve">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="page" value="${page}">
${numberField(words, fault)}
<button class="primary" name="choice" value="there">${say.there}</button>
<div class="others">
${landing && html`<p class="hint" id="here-hint">${fillHtml(say.hereHint, { address: bdi(input.signIn.address) })}</p>
<button name="choice" value="here" formnovalidate aria-describedby="here-hint">${say.here}</button>`}
${rejectButton(words)}
</div>
</form>`
  return cardPage({
    ...input,
    title: fault === 'wrongNumber' ? fill(say.wrongNumberTitle, { title }) : title,
    heading: fillHtml(say.heading, { site: bdi(site.name) }),
    isSiteInHeading: true,
    body,
  })
}

/** In its place at a strict site: who asks for what, where to go on, and the way out. 200, or 409 after a press that it does not have. */
export function strictPage(input: Omit<ApprovePageInput, 'landing' | 'fault'>): string {
  const { site, token, page, words } = input
  const body = html`${facts(input)}
<p>${words.approve.strict}</p>
<form class="others" method="post" action="/approve">
<input type="hidden" name="token" value="${token}">
<input type="hidden" name="page" value="${page}">
${rejectButton(words)}
</form>`
  return cardPage({ ...input, title: fill(words.approve.title, { site: site.name }), heading: fillHtml(words.approve.heading, { site: bdi(site.name) }), isSiteInHeading: true, body })
}

/** Right after the right number: 200. */
export function approvedPage(input: Base & { token?: string }): string {
  const { approved, approvedText } = input.words.approve
  return cardPage({ ...input, title: approved, heading: approved, body: afterApproval(input, approvedText) })
}

/** Whoever comes again to a sign-in that is approved: 200 when looking, 409 when pressing. */
export function alreadyApprovedPage(input: Base & { token?: string }): string {
  const { alreadyApproved, alreadyApprovedText } = input.words.approve
  return cardPage({ ...input, title: alreadyApproved, heading: alreadyApproved, body: afterApproval(input, alreadyApprovedText) })
}

/** Right after "this wasn't me": 200. */
export function rejectedPage(input: Base & { landing?: string | undefined }): string {
  const { rejected, rejectedText, rejectedAdvice } = input.words.approve
  const body = html`<p>${rejectedText}</p>
<p class="muted">${rejectedAdvice}</p>
${wayBack(input.words, input.site, input.landing ?? input.signIn.origin)}`
  return cardPage({ ...input, title: rejected, heading: rejected, body })
}

function facts({ signIn, now, words }: Pick<ApprovePageInput, 'signIn' | 'now' | 'words'>): Html {
  const asked = fill(words.approve.browser, { browser: browser(words, signIn.browser), ago: ago(words, now - signIn.createdAt) })
  return html`<dl>
<dt>${words.approve.account}</dt>
<dd>${bdi(signIn.address)}</dd>
<dt>${words.approve.askedFrom}</dt>
<dd>${capital(words, asked)}</dd>
</dl>`
}

function numberField({ approve: say }: Words, fault: NumberFault | undefined): Html {
  const error = fault && html`<p class="error" id="number-error" role="alert">${say[fault]}</p>`
  const attributes = fault ? html` aria-invalid="true" aria-describedby="number-error number-hint" autofocus` : html` aria-describedby="number-hint"`
  return html`<label for="number">${say.number}</label>
<p class="hint" id="number-hint">${say.numberHint}</p>
${error}
<input id="number" name="number" inputmode="numeric" autocomplete="off" maxlength="4" pattern="\\s*[${anyDigit}]{1,2}\\s*" required${attributes}>`
}

function rejectButton(words: Words): Html {
  return html`<button class="danger" name="choice" value="reject" formnovalidate>${words.approve.reject}</button>`
}

/** While the first screen has not claimed it yet, it can still be stopped. */
function afterApproval({ words, token }: { words: Words; token?: string }, text: string): Html {
  return html`<p>${text}</p>
${token !== undefined && html`<form class="others" method="post" action="/approve">
<input type="hidden" name="token" value="${token}">
<p class="hint">${words.approve.regret}</p>
${rejectButton(words)}
</form>`}`
}
