import { html, nothing, type TemplateResult } from 'lit/html.js'
import { fill, heading, link, mainButton, nameOf, problemLine, who, type PhaseNamed, type View } from './view.ts'

/** A sign-in that is over: what happened, and the same address once more. */
export function endedView(view: View, { why }: PhaseNamed<'ended'>): TemplateResult {
  const { words, acts, retryIn } = view
  const { heading: title, text } = words.ended[why]
  return html`
    <form part="form" novalidate @submit=${acts.sendNew}>
      ${heading(title)}
      <p part="text">${text}</p>
      ${problemLine(view)}
      ${mainButton(words.ended.again, retryIn > 0)}
      <div part="links">${link(words.waiting.another, acts.again)}</div>
    </form>`
}

/** Who is signed in, and the way out. */
export function signedInView(view: View): TemplateResult {
  const { words, state, acts } = view
  const note = html`<p part="text note">${words.signedIn.memory}</p>`
  return html`
    ${heading(words.signedIn.heading)}
    <p part="text">${fill(words.signedIn.as, who(nameOf(state)))}</p>
    ${state.kept === 'memory' ? note : nothing}
    ${problemLine(view)}
    <div part="links">${link(words.signedIn.signOut, acts.signOut)}</div>`
}

/** As tall as what will stand here, and quiet: no form that would flash by. */
export const startingView = ({ words }: View, { landing }: PhaseNamed<'starting'>): TemplateResult => html`
  <div part="placeholder" aria-busy="true">
    <h2 part="heading">${landing ? words.starting.landing : words.starting.looking}</h2>
    <p part="text bar"></p>
  </div>`
