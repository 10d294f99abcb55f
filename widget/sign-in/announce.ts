/** What a screen reader is told of a change, once; nothing of what a page starts with. */
import type { Messages } from '../messages/messages.ts'
import type { State } from '../phase.ts'

/** @returns the sentence, or `undefined` where the last one still stands */
export function announcement(before: State, state: State, words: Messages, channel: 'email' | 'sms', problem: string): string | undefined {
  const { phase } = state
  if (state.failure && state.failure !== before.failure) return problem
  if (phase.name === 'waiting' && before.phase.name === 'waiting') {
    if (phase.checking !== before.phase.checking) return phase.checking ? words.waiting.checking : ''
    return phase.waiting.delivery === before.phase.waiting.delivery ? undefined : words.waiting.delivery[phase.waiting.delivery]
  }
  const begins = before.phase.name === 'starting' && !before.phase.landing
  return begins || phase.name === before.phase.name ? undefined : phaseSentence(state, words, channel)
}

function phaseSentence({ phase, session }: State, words: Messages, channel: 'email' | 'sms'): string {
  switch (phase.name) {
    case 'starting': return ''
    case 'ask': return words.ask.heading
    case 'sending': return words.ask.sending
    case 'waiting': return `${words.waiting[channel].heading}. ${words.waiting[channel].sent.replace('{}', phase.waiting.address)}`
    case 'ended': return `${words.ended[phase.why].heading}. ${words.ended[phase.why].text}`
    case 'signed-in': return words.signedIn.as.replace('{}', session?.user.email ?? session?.user.phone ?? '')
  }
}
