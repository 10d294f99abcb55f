/** A refusal as a person sees it who followed a link or pressed a button: the words that a program gets as JSON, as a page. */
import { html } from '../http/html.ts'
import type { Problem } from '../problems.ts'
import { cardPage } from './card-page.ts'

const en = { lang: 'en', back: 'Go back to the page where you came from, or open the link in the mail again.' }

/** The whole document, as text. */
export function problemPage({ problem: { title, message }, nonce }: { problem: Pick<Problem, 'title' | 'message'>; nonce: string }): string {
  const body = html`<p>${message}</p>
<p class="muted">${en.back}</p>`
  return cardPage({ site: undefined, nonce, lang: en.lang, title, heading: title, body })
}
