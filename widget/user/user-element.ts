import { html, type TemplateResult } from 'lit/html.js'
import { ClientElement } from '../client-element.ts'

/** `<linklatch-user>`: who is signed in, with the account's menu; empty otherwise. What it draws comes when somebody is signed in. */
export class LinklatchUser extends ClientElement {
  readonly isMenu = true

  protected override template(): TemplateResult {
    return html`${this.extra?.()}`
  }
}
