/** A refusal as a person sees it who followed a link or pressed a button: the words that a program gets as JSON, as a page. */
import { html } from '../http/html.ts'
import type { Problem } from '../problems.ts'
import type { Refusal } from '../words/en.ts'
import type { Words } from '../words/words.ts'
import { cardPage } from './card-page.ts'

type ShownProblem = Pick<Problem, 'title' | 'message' | 'status'>

/** The whole document, as text. Other languages tell fewer kinds of refusal apart than English: as many as a person can act on. */
export function problemPage({ problem, nonce, words }: { problem: ShownProblem; nonce: string; words: Words }): string {
  const { title, text } = words.refusal.kinds?.[kindOf(problem)] ?? { title: problem.title, text: problem.message }
  const body = html`<p>${text}</p>
<p class="muted">${words.refusal.back}</p>`
  return cardPage({ site: undefined, nonce, words, title, heading: title, body })
}

function kindOf({ status }: ShownProblem): Refusal {
  if (status === 404) return 'unknown'
  if (status === 429) return 'often'
  return status >= 500 ? 'later' : 'unreadable'
}
