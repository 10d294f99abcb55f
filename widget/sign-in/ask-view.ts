import { html, nothing, type TemplateResult } from 'lit/html.js'
import { mainButton, problemLine, type PhaseNamed, type View } from './view.ts'

/** The form: one address, one button. It stays the same while it sends, so that nothing jumps and the focus stays. */
export function askView(view: View, phase: PhaseNamed<'ask'> | PhaseNamed<'sending'>): TemplateResult {
  const { words: { ask }, channel, acts, isTyped, retryIn } = view
  const sending = phase.name === 'sending'
  return html`
    <form part="form" novalidate @submit=${acts.submit}>
      <h2 part="heading"><slot name="heading">${ask.heading}</slot></h2>
      <p part="text"><slot name="intro">${ask[channel].intro}</slot></p>
      <label part="label" for="address">${ask[channel].label}</label>
      <input part="input" id="address" data-focus
        type=${channel === 'sms' ? 'tel' : 'email'} name=${channel === 'sms' ? 'phone' : 'email'} autocomplete=${channel === 'sms' ? 'tel' : 'email'}
        autocapitalize="none" spellcheck="false" required
        .value=${phase.address} ?readonly=${sending}
        aria-invalid=${isTyped ? 'true' : nothing} aria-describedby="problem">
      ${problemLine(view)}
      ${mainButton(sending ? ask.sending : ask.send, sending || retryIn > 0)}
    </form>`
}
