import type { State, Step } from '../phase.ts'

/** What a step is to a person: selectors of the words to announce, and of where the focus goes if it was inside. */
export type Change = { say: string; focus: string }

const none: Change = { say: '', focus: '' }

/** Announces each change once, and nothing of what a page starts with. */
export function changeOf(before: State, { phase, failure }: State, cause: Step): Change {
  const was = before.phase
  if (failure && failure !== before.failure) return { say: '[part=error]', focus: 'input' }
  if (phase.name === 'sending') return { say: 'button', focus: was.name === 'ended' ? 'button' : '' }
  if (phase.name !== was.name) {
    const begins = cause.type === 'restored' || (was.name === 'starting' && !was.landing)
    return { say: begins ? '' : 'h2, [part~=text]', focus: '[data-focus]' }
  }
  if (phase.name !== 'waiting' || was.name !== 'waiting') return none
  if (phase.checking !== was.checking) return { ...none, say: 'button[type=submit]' }
  return phase.waiting.delivery === was.waiting.delivery ? none : { ...none, say: '[part~=delivery]' }
}
