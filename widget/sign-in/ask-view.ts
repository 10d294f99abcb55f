import { html, type TemplateResult } from 'lit/html.js'
import { isTyped, mainButton, problemLine, type PhaseNamed, type View } from './view.ts'

/** The form: one address, one button. It stays the same while it sends, so that nothing jumps and the focus stays. */
export function askView(view: View, { name, address }: PhaseNamed<'ask'> | PhaseNamed<'sending'>): TemplateResult {
  const { words, waits, last } = view
  const sending = name === 'sending'
  const [type, field, intro, label] = view.channel === 'sms' ? ['tel', 'phone', words.introSms, words.labelPhone] : ['email', 'email', words.intro, words.labelEmail]
  return html`
    <h2 part="heading"><slot name="heading">${words.heading}</slot></h2>
    <p part="text"><slot name="intro">${intro}</slot></p>
    <label part="label" for="field">${label}</label>
    <input part="input" id="field" dir="ltr" data-focus type=${type} name=${field} autocomplete=${type} required
      .value=${address || last} ?readonly=${sending} aria-invalid=${isTyped(view)} aria-describedby="problem">
    ${problemLine(view)}
    ${mainButton(sending ? words.sending : words.send, sending || waits)}`
}
