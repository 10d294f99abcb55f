import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { messagesFor } from '../messages/sentences.ts'
import type { ElementClient } from '../page-client.ts'
import { addressOf, type State, type Step } from '../phase.ts'
import type { SignInRequest } from '../start-sign-in.ts'
import { announcement } from './announce.ts'
import { askView } from './ask-view.ts'
import { ClientController, left } from './controller.ts'
import { endedView, signedInView, startingView } from './end-views.ts'
import { placeOf } from './place.ts'
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
export class LinklatchSignIn extends LitElement {
  static override styles = styles
  static override properties = {
    server: {},
    site: {},
    redirectTo: { attribute: 'redirect-to' },
    locale: {},
    channel: {},
  }

  declare server: string | undefined
  declare site: string | undefined
  declare redirectTo: string | undefined
  declare locale: string | undefined
  declare channel: string | undefined
  /** Another client than the page's own: for tests and for pages that make theirs. */
  declare client?: ElementClient

  readonly #controller = new ClientController(this)
  #announced = ''
  #triedCode = ''
  /** Where to put the focus after this update, if it was inside. */
  #focus = ''

  override connectedCallback(): void {
    super.connectedCallback()
    this.#place()
  }

  /** Called by the controller at each step of the client. */
  stepped(state: State, cause: Step, before: State): void {
    const { session } = state
    this.#announced = announcement(before, state, this.#words, this.#channel, this.#problem) ?? this.#announced
    if (this.shadowRoot?.activeElement) this.#focus = focusTarget(before, state) || this.#focus
    if (cause.type === 'sent') this.#emit('linklatch-sent', {})
    if (cause.type === 'refused') this.#emit('linklatch-error', { code: cause.failure.code })
    if (session?.user.id !== before.session?.user.id) this.#emit('linklatch-session', { session })
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.hasUpdated && (changed.has('server') || changed.has('site'))) this.#place()
  }

  protected override updated(): void {
    if (this.#focus) this.shadowRoot?.querySelector<HTMLElement>(this.#focus)?.focus()
    this.#focus = ''
  }

  protected override render(): TemplateResult {
    return html`${this.#phaseView()}<slot name="footer" part="footer"></slot><p part="status" role="status">${this.#announced}</p>`
  }

  #phaseView(): TemplateResult {
    const { state } = this.#controller
    const { phase } = state
    const retryIn = left(state.failure?.retryAt)
    const view: View = { state, retryIn, words: this.#words, channel: this.#channel, problem: this.#problem, acts: this.#acts }
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
      this.#send(this.shadowRoot?.querySelector('input')?.value ?? '')
    },
    enter: (event) => {
      event.preventDefault()
      this.#enterCode(event.type === 'submit')
    },
    resend: () => quietly(this.#client?.resend()),
    again: () => this.#client?.cancel(),
    sendNew: (event) => {
      event.preventDefault()
      this.#send(addressOf(this.#controller.state.phase))
    },
    signOut: () => quietly(this.#client?.signOut()),
  }

  get #client(): ElementClient | undefined {
    return this.#controller.client
  }

  get #channel(): 'email' | 'sms' {
    return this.channel === 'sms' ? 'sms' : 'email'
  }

  get #words() {
    return messagesFor(this.#language)
  }

  get #language(): string | undefined {
    return this.locale || document.documentElement.lang || undefined
  }

  /** The sentence of what went wrong, with its countdown; it goes when that has run out. */
  get #problem(): string {
    const { failure } = this.#controller.state
    if (!failure || (failure.retryAt && !left(failure.retryAt))) return ''
    return (this.#client?.sentence(failure.code, this.#words) ?? '').replace('{}', this.#words.duration(left(failure.retryAt)))
  }

  #place(): void {
    const place = placeOf(this)
    if (place) this.#client?.use(place)
    else this.#client?.fail('invalid_server')
  }

  #send(address: string): void {
    const { phase, failure } = this.#controller.state
    if (phase.name === 'sending' || left(failure?.retryAt)) return
    const request: SignInRequest = { redirectTo: this.redirectTo, locale: this.#language }
    quietly(this.#client?.signIn(this.#channel === 'sms' ? { ...request, phone: address } : { ...request, email: address }))
  }

  /** Goes off by itself when six digits are there, but not twice with the same ones. */
  #enterCode(pressed: boolean): void {
    const { phase } = this.#controller.state
    const code = (this.shadowRoot?.querySelector('input')?.value ?? '').replace(/[\s-]/g, '')
    if (phase.name !== 'waiting' || phase.checking || (!pressed && (!/^\d{6}$/.test(code) || code === this.#triedCode))) return
    this.#triedCode = code
    quietly(this.#client?.enterCode(code))
  }

  #emit(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }))
  }
}

/** A new problem goes to the field, a new phase to where it begins. */
function focusTarget(before: State, state: State): string {
  if (state.failure && state.failure !== before.failure) return 'input, [data-focus]'
  return state.phase.name === before.phase.name || state.phase.name === 'sending' ? '' : '[data-focus]'
}

/** The client shows what refuses it; nothing is left to be said here. */
const quietly = (asked: Promise<unknown> | undefined): void => {
  asked?.catch(() => {})
}
