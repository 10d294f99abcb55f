import { html, type TemplateResult } from 'lit/html.js'
import { ClientElement, left } from '../client-element.ts'
import { sentenceOf } from '../complaints.ts'
import { duration } from '../messages/words.ts'
import type { Waiting } from '../bridge-messages.ts'
import { keep, kept } from '../page.ts'
import { addressOf, type State, type Step } from '../phase.ts'
import { plainDigits } from '../start-sign-in.ts'
import { askView } from './ask-view.ts'
import { changeOf } from './change.ts'
import { endedView, signedInView, startingView } from './end-views.ts'
import { styles } from './styles.ts'
import { inTens, type View } from './view.ts'
import { waitingView } from './waiting-view.ts'

/** All that stand in this page: one of them speaks for all. */
const present = new Set<LinklatchSignIn>()

/**
 * Asks for an address, shows what becomes of the link, and who is signed in.
 *
 * @tag linklatch-sign-in
 * @attr {string} redirect-to - a page of this host to go to after sign-in
 * @attr {"email" | "sms"} channel - how the link travels; `email` unless it says otherwise
 * @attr {boolean} code-only - the form speaks of a code instead of a link: for a site that is `code_only`
 * @attr {boolean} no-remember - the next visit begins with an empty field
 * @fires {CustomEvent<{ session: PageSession | null }>} linklatch-session - who signed in, or null on sign-out
 * @fires {CustomEvent<Record<string, never>>} linklatch-sent - a link is on its way
 * @fires {CustomEvent<{ code: string }>} linklatch-error - what was refused, as a code of docs/api.md
 * @slot heading - instead of the form's heading
 * @slot intro - instead of the sentence under it
 * @slot footer - what stands under every phase
 * @csspart form - everything
 * @csspart heading - the phase's heading
 * @csspart text - the sentence under the heading
 * @csspart label - over a field
 * @csspart input - a field
 * @csspart code - the field of the six digits
 * @csspart button - the main button
 * @csspart link - a quiet button
 * @csspart links - the row of quiet buttons
 * @csspart error - what went wrong
 * @csspart hint - beside the number
 * @csspart address - an address in a sentence
 * @csspart footer - the slot of that name
 * @csspart status - the invisible line for screen readers
 * @csspart delivery - what became of the mail
 * @csspart queued - `delivery` while the mail waits
 * @csspart sent - `delivery` when it has left
 * @csspart deferred - `delivery` when it is late
 * @csspart failed - `delivery` when it was refused
 * @csspart match - the number's box
 * @csspart number - the two digits
 * @csspart row - the line with the code's field
 * @csspart note - the warning that a reload signs out
 * @csspart placeholder - the grey box while nothing is known
 * @csspart suggestion - "Did you mean …?"
 * @csspart mailbox - "Open Gmail"
 * @csspart help - what to do when no mail comes
 * @csspart help-text - its sentences
 * @cssprop --linklatch-accent - button, links, number, focus ring
 * @cssprop --linklatch-accent-text - what stands on the accent
 * @cssprop --linklatch-background - the card
 * @cssprop --linklatch-text - headings and what is typed
 * @cssprop --linklatch-muted - the quieter sentences
 * @cssprop --linklatch-border - the card's edge, and lines in it
 * @cssprop --linklatch-field - the field
 * @cssprop --linklatch-field-border - its edge
 * @cssprop --linklatch-error - what went wrong
 * @cssprop --linklatch-radius - corners of fields and buttons; the card's are half as large again
 * @cssprop --linklatch-spacing - the distance between things
 * @cssprop --linklatch-font - the page's own unless set
 * @cssprop --linklatch-shadow - under the card
 */
export class LinklatchSignIn extends ClientElement {
  static override readonly styles: string = styles
  #triedCode = ''
  #say = ''
  #focus = ''
  #past = false
  /** The address of last time, as it was when this phase began: what another tab keeps meanwhile is not written over what is typed. */
  #last: string | undefined

  /** Whether to speak of a code alone: what A said when it took the sign-in on, else what the page says. @internal */
  get linkless(): boolean {
    const { waiting, codeOnly } = this.state.phase as { waiting?: Waiting; codeOnly?: boolean }
    return waiting?.codeOnly ?? codeOnly ?? this.#is('code-only')
  }

  /** Vue and Preact write `false` as a text. */
  #is(attribute: string): boolean {
    return (this.getAttribute(attribute) ?? 'false') !== 'false'
  }

  override connectedCallback(): void {
    present.add(this)
    // What was announced before it was taken out may have passed meanwhile.
    this.#past = true
    super.connectedCallback()
  }

  override disconnectedCallback(): void {
    present.delete(this)
    super.disconnectedCallback()
  }

  /** A page that gives it the focus, as in a dialog that it opens, means what is to be done in it. @ignore for the manifest: every element has it */
  override focus(options?: FocusOptions): void {
    this.root.querySelector<HTMLElement>('[data-focus]')?.focus(options)
  }

  /** Where several stand in one page each one says it: it bubbles from the first of each root, and leaves its root from the first of all, so nobody hears it twice. */
  #emit(name: string, detail: object = {}): void {
    const firstIn = (root: Node): unknown => (root as ParentNode).querySelector(this.localName)
    const composed = (firstIn(document) ?? [...present][0]) === this
    this.dispatchEvent(new CustomEvent(name, { bubbles: firstIn(this.getRootNode()) === this, composed, detail }))
  }

  protected override stepped(before: State, cause: Step): void {
    const { session } = this.state
    const [say, focus] = changeOf(before, this.state, cause)
    this.#say = say || this.#say
    const moved = this.state.phase.name !== before.phase.name
    if (moved) this.#last = undefined
    // Whoever reads on hears no announcement of what has passed.
    if (moved || (before.failure && !this.state.failure)) this.#past = true
    if (this.root.activeElement) this.#focus = focus || this.#focus
    if (cause.type === 'sent') this.#emit('linklatch-sent')
    if (cause.type === 'refused') this.#emit('linklatch-error', { code: cause.failure.code })
    if (session?.user.id !== before.session?.user.id) {
      this.#emit('linklatch-session', { session })
      if (session && !this.#is('no-remember')) keep('address', session.user.email ?? '')
    }
  }

  /** Moves the focus, and says the rest: what takes the focus is read out by that, with what describes it. */
  protected override drawn(): void {
    const { root } = this
    const find = (selector: string): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)]
    const was = root.activeElement
    const speaks = [...present].find((one) => one.root.activeElement) ?? [...present].find((one) => one.getClientRects().length)
    if (this.#focus) (find(this.#focus)[0] ?? find('[data-focus]')[0])?.focus()
    const now = root.activeElement
    const read = now !== was && `${now?.part.value} ${now?.getAttribute('aria-describedby')}`
    const status = find('[part=status]')[0]
    const says = this.#say && speaks === this
    if (status && (says || this.#past)) status.textContent = says ? find(this.#say).map((node) => (read && read.includes(node.id || node.part.value) ? '' : node.textContent)).join(' ').trim() : ''
    this.#focus = this.#say = ''
    this.#past = false
  }

  protected override template(): TemplateResult {
    const { words, extra } = this
    return html`<form part="form" novalidate lang=${words.lang} dir=${words.dir} @submit=${this.#submit} @input=${this.#typing}>
      ${this.#view()}${extra?.()}<slot name="footer" part="footer"></slot><p part="status" role="status"></p></form>`
  }

  #view(): TemplateResult {
    const { state, words, client } = this
    const { phase, failure } = state
    const wait = left(failure?.retryAt)
    const view: View = {
      state,
      words,
      channel: this.#channel,
      problem: failure && (wait || !failure.retryAt) ? sentenceOf(failure.code, client?.server ?? '', words).replace('{s}', duration(inTens(wait), words)) : '',
      waits: this.#waits(this.field || addressOf(phase)),
      last: this.#is('no-remember') ? '' : (this.#last ??= kept('address')),
      resend: () => quietly(client?.resend()),
      again: () => client?.cancel(),
      signOut: () => quietly(client?.signOut()),
    }
    switch (phase.name) {
      case 'starting': return startingView(view, phase)
      case 'ask':
      case 'sending': return askView(view, phase)
      case 'waiting': return waitingView(view, phase)
      case 'ended': return endedView(view, phase)
      case 'signed-in': return signedInView(view)
    }
  }

  get #channel(): 'email' | 'sms' {
    return this.getAttribute('channel') === 'sms' ? 'sms' : 'email'
  }

  /** What is typed. @internal */
  get field(): string {
    return this.root.querySelector('input')?.value.trim() ?? ''
  }

  /** A limit that was met with one address holds up that address, and no other. */
  #waits(address: string): boolean {
    const { failure } = this.state
    return left(failure?.retryAt) > 0 && (failure?.address ?? address) === address
  }

  readonly #submit = (event: Event): void => {
    const { phase } = this.state
    event.preventDefault()
    if (phase.name === 'waiting') this.#enterCode(true)
    else this.send(phase.name === 'ended' ? phase.address : this.field)
  }

  readonly #typing = (): void => {
    this.#enterCode(false)
    this.redraw()
  }

  /** Asks for a link to this address. @internal */
  send(address: string): void {
    if (this.state.phase.name === 'sending' || this.#waits(address)) return
    const wishes = { redirectTo: this.getAttribute('redirect-to') ?? undefined, locale: this.languages[0] }
    quietly(this.client?.signIn(this.#channel === 'sms' ? { ...wishes, phone: address } : { ...wishes, email: address }))
  }

  /** Goes off by itself when six digits are there, but not twice with the same ones. */
  #enterCode(pressed: boolean): void {
    const { phase } = this.state
    // Clipboards bring more than digits.
    const code = plainDigits(this.field).replace(/\D/g, '')
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
