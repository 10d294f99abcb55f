import { html, nothing, type TemplateResult } from 'lit/html.js'
import { left } from '../client-element.ts'
import { duration } from '../messages/words.ts'
import { fill, heading, inTens, isTyped, link, mainButton, problemLine, type PhaseNamed, type View } from './view.ts'

/** Where the mail went and what became of it, the match number, the code's field, and what to do when nothing comes. */
export function waitingView(view: View, { waiting, checking }: PhaseNamed<'waiting'>): TemplateResult {
  const { words } = view
  const { number, delivery, address } = waiting
  return html`
    ${heading(view.channel === 'sms' ? words.checkPhone : words.checkMail, fill(words.sentTo, address))}
    <p part="delivery ${delivery}">${words[delivery === 'sent' && view.channel === 'sms' ? 'sentSms' : delivery]}</p>
    <div part="match" ?hidden=${checking || !number}><b part="number" aria-describedby="use">${number}</b><span id="use" part="hint">${words.number}</span></div>
    <label part="label" for="field">${words.code}</label>
    <div part="row">
      <input part="input code" id="field" dir="ltr" name="code" inputmode="numeric" autocomplete="one-time-code"
        ?readonly=${checking} aria-invalid=${isTyped(view)} aria-describedby="problem">
      ${mainButton(checking ? words.checking : words.enter, checking)}
    </div>
    ${problemLine(view)}
    <div part="links">
      ${resendButton(view, left(waiting.resendAt))}
      ${link(words.another, view.again)}
    </div>`
}

/** Its name stays while it counts. */
function resendButton({ words, resend }: View, wait: number): TemplateResult {
  const time = (seconds: number): string => duration(seconds, words)
  return html`<button part="link" type="button" aria-disabled=${!!wait || nothing} aria-description=${wait ? time(inTens(wait)) : nothing}
    @click=${() => wait || resend()}>${words.resend}${wait ? html` <span aria-hidden="true">(${time(wait)})</span>` : ''}</button>`
}
