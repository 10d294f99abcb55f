import type { State, Step } from '../phase.ts'

/** What a step is to a person: selectors of the words to announce, and of where the focus goes if it was inside. */
export type Change = [say: string, focus: string]

/** Announces each change once, and nothing of what a page starts with. */
export function changeOf(before: State, { phase, failure }: State, cause: Step): Change {
  const was = before.phase
  if (failure && failure !== before.failure) return ['[part=error]', 'input']
  // Twice where the person was there before the client: the page has shown it already.
  if (phase.name === 'sending') return [was.name === 'sending' ? '' : '[part=button]', was.name === 'ended' ? '[part=button]' : '']
  if (phase.name !== was.name) return [cause.type === 'restored' || (was.name === 'starting' && !was.landing) ? '' : 'h2, [part=text]', '[data-focus]']
  if (phase.name !== 'waiting' || was.name !== 'waiting') return ['', '']
  if (phase.checking !== was.checking) return ['[part=button]', '']
  return [phase.waiting.delivery === was.waiting.delivery ? '' : '[part~=delivery]', '']
}
