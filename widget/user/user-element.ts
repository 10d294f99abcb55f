import { html, type TemplateResult } from 'lit/html.js'
import { ClientElement } from '../client-element.ts'

/**
 * Who is signed in, with the account's menu; empty otherwise. What it draws comes when somebody is signed in.
 *
 * @tag linklatch-user
 * @csspart menu - everything
 * @csspart user - the line that opens the menu
 * @csspart avatar - the initials
 * @csspart address - who it is
 * @csspart panel - what opens
 * @csspart heading - over the sessions
 * @csspart sessions - their list
 * @csspart session - one of them
 * @csspart item - a button of the menu
 * @csspart end - the button that ends a session
 * @csspart danger - the buttons that delete the account
 * @csspart text - the question before that
 * @csspart error - what went wrong
 * @cssprop --linklatch-accent - avatar, focus ring
 * @cssprop --linklatch-accent-text - the initials
 * @cssprop --linklatch-background - the menu
 * @cssprop --linklatch-text - what is read; who is signed in has the page's own unless set
 * @cssprop --linklatch-muted - the quieter sentences
 * @cssprop --linklatch-border - the menu's edge, and lines in it
 * @cssprop --linklatch-error - what went wrong, and what deletes
 * @cssprop --linklatch-radius - the menu's corners
 * @cssprop --linklatch-font - the page's own unless set
 */
export class LinklatchUser extends ClientElement {
  /** @internal */
  readonly isMenu = true

  protected override template(): TemplateResult {
    return html`${this.extra?.()}`
  }
}
