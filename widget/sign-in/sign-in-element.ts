import { html, type TemplateResult } from 'lit/html.js'
import { ClientElement, left } from '../client-element.ts'
import { messagesFor } from '../messages/sentences.ts'
import type { Messages } from '../messages/messages.ts'
import { addressOf, type State, type Step } from '../phase.ts'
import { askView } from './ask-view.ts'
import { changeOf } from './change.ts'
import { endedView, signedInView, startingView } from './end-views.ts'
import { styles } from './styles.ts'
import type { Acts, View } from './view.ts'
import { waitingView } from './waiting-view.ts'

/**
 * `<linklatch-sign-in>`: asks for an address, shows what becomes of the link, and who is signed in.
 *
 * Attributes: `server` (A; default: where the script came from), `site`, `redirect-to` (an address on this site), `locale`
 * (default: the page's `lang`), `channel` (`email` or `sms`). Slots: `heading`, `intro`, `footer`.
 *
 * @fires linklatch-session - `detail.session`: who signed in, or null on sign-out
 * @fires linklatch-sent - a link is on its way
 * @fires linklatch-error - `detail.code`
 */
export class LinklatchSignIn extends ClientElement {
  static override readonly styles: string = styles
  #triedCode = ''
  /** Selectors: what to announce and where to put the focus, once it is drawn. */
  #say = ''
  #focus = ''

  protected override stepped(before: State, cause: Step): void {
    const { session } = this.state
    const { say, focus } = changeOf(before, this.state, cause)
    this.#say = say || this.#say
    if (this.root.activeElement) this.#focus = focus || this.#focus
    if (cause.type === 'sent') this.emit('linklatch-sent')
    if (cause.type === 'refused') this.emit('linklatch-error', { code: cause.failure.code })
    if (session?.user.id !== before.session?.user.id) this.emit('linklatch-session', { session })
  }

  protected override drawn(): void {
    const status = this.root.querySelector('[part=status]')
    if (this.#focus) (this.root.querySelector<HTMLElement>(this.#focus) ?? this.root.querySelector<HTMLElement>('[data-focus]'))?.focus()
    if (this.#say && status) status.textContent = [...this.root.querySelectorAll(this.#say)].map((node) => node.textContent).join(' ')
    this.#focus = this.#say = ''
  }

  protected override template(): TemplateResult {
    return html`${this.#phaseView()}<slot name="footer" part="footer"></slot><p part="status" role="status"></p>`
  }

  #phaseView(): TemplateResult {
    const { state } = this
    const { phase, failure } = state
    const words = messagesFor(this.locale)
    const retryIn = left(failure?.retryAt)
    const view: View = { state, words, retryIn, channel: this.#channel, problem: this.#problem(words, retryIn), isTyped: /^(wrong|invalid_[ap])/.test(failure?.code ?? ''), acts: this.#acts }
    switch (phase.name) {
      case 'starting': return startingView(view, phase)
      case 'ask':
      case 'sending': return askView(view, phase)
      case 'waiting': return waitingView(view, phase)
      case 'ended': return endedView(view, phase)
      case 'signed-in': return signedInView(view)
    }
  }

  readonly #acts: Acts = {
    submit: (event) => {
      event.preventDefault()
      this.#send(this.#typed)
    },
    enter: (event) => {
      event.preventDefault()
      this.#enterCode(event.type === 'submit')
    },
    resend: () => quietly(this.client?.resend()),
    again: () => this.client?.cancel(),
    sendNew: (event) => {
      event.preventDefault()
      this.#send(addressOf(this.state.phase))
    },
    signOut: () => quietly(this.client?.signOut()),
  }

  get #channel(): 'email' | 'sms' {
    return this.getAttribute('channel') === 'sms' ? 'sms' : 'email'
  }

  get #typed(): string {
    return this.root.querySelector('input')?.value ?? ''
  }

  /** The sentence of what went wrong, with its countdown; it goes when that has run out. */
  #problem(words: Messages, retryIn: number): string {
    const { failure } = this.state
    if (!failure || (failure.retryAt && !retryIn)) return ''
    return (this.client?.sentence(failure.code, words) ?? '').replace('{s}', words.duration(retryIn))
  }

  #send(address: string): void {
    const { phase, failure } = this.state
    if (phase.name === 'sending' || left(failure?.retryAt)) return
    const wishes = { redirectTo: this.getAttribute('redirect-to') ?? undefined, locale: this.locale }
    quietly(this.client?.signIn(this.#channel === 'sms' ? { ...wishes, phone: address } : { ...wishes, email: address }))
  }

  /** Goes off by itself when six digits are there, but not twice with the same ones. */
  #enterCode(pressed: boolean): void {
    const { phase } = this.state
    const code = this.#typed.replace(/[\s-]/g, '')
    const isNew = /^\d{6}$/.test(code) && code !== this.#triedCode
    if (phase.name !== 'waiting' || phase.checking || !(pressed || isNew)) return
    this.#triedCode = code
    quietly(this.client?.enterCode(code))
  }
}

/** The client shows what refuses it; nothing is left to be said here. */
const quietly = (asked: Promise<unknown> | undefined): void => {
  asked?.catch(() => {})
}
