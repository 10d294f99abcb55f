import { html, nothing, type TemplateResult } from 'lit/html.js'
import { ClientElement } from '../client-element.ts'
import { messagesFor } from '../messages/sentences.ts'
import { link, nameOf, who } from '../sign-in/view.ts'

/** `<linklatch-user>`: who is signed in, with sign-out; empty otherwise. Parts: `address`, `link`. */
export class LinklatchUser extends ClientElement {
  static override readonly styles: string =
    'button{font:inherit;min-block-size:2.75rem;margin-inline-start:.75rem;padding:0;border:0;background:none;color:inherit;text-decoration:underline;cursor:pointer}'

  protected override template(): TemplateResult {
    const signOut = (): void => void this.client?.signOut().catch(() => {})
    const words = messagesFor(this.locale)
    return html`${this.state.session ? html`${who(nameOf(this.state))}${link(words.signedIn.signOut, signOut)}` : nothing}`
  }
}
