import { html, type TemplateResult } from 'lit/html.js'
import { left } from '../client-element.ts'
import { duration } from '../messages/words.ts'
import { fill, heading, inTens, isTyped, link, mainButton, problemLine, type PhaseNamed, type View } from './view.ts'

/** Where the mail went and what became of it, the match number, the code's field, and what to do when nothing comes. */
export function waitingView(view: View, { waiting, checking }: PhaseNamed<'waiting'>): TemplateResult {
  const { words } = view
  const { number, delivery, address } = waiting
  const wait = left(waiting.resendAt)
  const resend = (seconds: number): string => seconds ? words.resendIn.replace('{}', duration(seconds, words)) : ''
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
      ${link(resend(wait) || words.resend, view.resend, resend(inTens(wait)))}
      ${link(words.another, view.again)}
    </div>`
}
