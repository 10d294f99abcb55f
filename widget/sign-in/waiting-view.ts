import { html, nothing, type TemplateResult } from 'lit/html.js'
import { left } from '../client-element.ts'
import { fill, heading, link, mainButton, problemLine, who, type PhaseNamed, type View } from './view.ts'

/** Where the mail went, the match number, the code's field, and what to do when nothing comes. */
export function waitingView(view: View, { waiting, checking }: PhaseNamed<'waiting'>): TemplateResult {
  const { words, channel, acts, isTyped } = view
  const sentences = words.waiting
  const wait = left(waiting.resendAt)
  return html`
    ${heading(sentences[channel])}
    <p part="text">${fill(sentences.sent, who(waiting.address))} <span part="delivery ${waiting.delivery}">${sentences.delivery[waiting.delivery]}</span></p>
    <div part="match"><strong part="number" aria-describedby="number-use">${waiting.number}</strong><span part="hint" id="number-use">${sentences.number}</span></div>
    <form part="form" novalidate @submit=${acts.enter}>
      <label part="label" for="code">${sentences.code}</label>
      <div part="row">
        <input part="input code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" autocapitalize="none" spellcheck="false"
          ?readonly=${checking} aria-invalid=${isTyped ? 'true' : nothing} aria-describedby="problem" @input=${acts.enter}>
        ${mainButton(checking ? sentences.checking : sentences.enter, checking)}
      </div>
      ${problemLine(view)}
    </form>
    <div part="links">
      ${link(wait ? sentences.resendIn.replace('{}', words.duration(wait)) : sentences.resend, acts.resend, wait > 0)}
      ${link(sentences.another, acts.again)}
    </div>`
}
