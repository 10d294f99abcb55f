import { html, type TemplateResult } from 'lit/html.js'
import { ClientElement } from '../client-element.ts'

/**
 * `<linklatch-gate>`: shows its slot `signed-in` or its slot `signed-out`; neither while nothing is known yet. Looks only: what it
 * hides is still in the page, so the server that gives the content out has to check the token.
 */
export class LinklatchGate extends ClientElement {
  protected override template(): TemplateResult {
    const { session, phase } = this.state
    return session || phase.name !== 'starting' ? html`<slot name=${session ? 'signed-in' : 'signed-out'}></slot>` : html``
  }
}
