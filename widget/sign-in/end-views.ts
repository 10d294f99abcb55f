import { html, type TemplateResult } from 'lit/html.js'
import { fill, heading, link, mainButton, problemLine, type PhaseNamed, type View } from './view.ts'

/** A sign-in that is over: what happened, and the same address once more. */
export function endedView(view: View, { why }: PhaseNamed<'ended'>): TemplateResult {
  const { words } = view
  return html`
    ${heading(words[why], words[`${why}Text`])}
    ${problemLine(view)}
    ${mainButton(words.again, view.waits)}
    <div part="links">${link(words.another, view.again)}</div>`
}

/** Who is signed in, and the way out. */
export function signedInView(view: View): TemplateResult {
  const { words, state: { session, kept } } = view
  return html`
    ${heading(words.signedIn, fill(words.signedInAs, session?.user.email ?? session?.user.phone ?? ''))}
    <p part="note" ?hidden=${kept !== 'memory'}>${words.memory}</p>
    ${problemLine(view)}
    <div part="links">${link(words.signOut, view.signOut)}</div>`
}

/** As tall as what will stand here, and quiet: no form that would flash by. */
export const startingView = ({ words }: View, { landing }: PhaseNamed<'starting'>): TemplateResult =>
  html`<h2 part="heading">${landing ? words.checking : words.looking}</h2><p part="placeholder"></p>`
