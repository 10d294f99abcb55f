import { html, type TemplateResult } from 'lit/html.js'
import { ClientElement } from '../client-element.ts'

/**
 * Shows its slot `signed-in` or its slot `signed-out`; neither while nothing is known yet. Looks only: what it hides is still in
 * the page, so the server that gives the content out has to check the token.
 *
 * @tag linklatch-gate
 * @slot signed-in - for who is signed in
 * @slot signed-out - for everybody else
 */
export class LinklatchGate extends ClientElement {
  protected override template(): TemplateResult {
    const { session, phase } = this.state
    return session || phase.name !== 'starting' ? html`${this.extra?.()}<slot name=${session ? 'signed-in' : 'signed-out'}></slot>` : html``
  }
}
