/**
 * What the elements share: Lit's templates over the state of the page's client, while the element stands in the page.
 * Lit's `html` and `render` without `LitElement`: its reactive properties would be 2.3 kB of the 10 that a page may pay,
 * and everything here follows from one state.
 */
import { html, render, type TemplateResult } from 'lit/html.js'
import { httpOrigin } from './landing.ts'
import { later } from './later.ts'
import { sheetOf } from './later/sheet.ts'
import { en } from './messages/en.ts'
import { sayMarkupBlocked } from './markup-blocked.ts'
import type { Language, Messages, Words } from './messages/messages.ts'
import { sharedClient, type ElementClient } from './page-client.ts'
import { firstState, type State, type Step } from './phase.ts'

/** Whole seconds until an instant, never less than none. */
export const left = (at = 0): number => Math.max(0, at - Math.floor(Date.now() / 1000))

/** What comes after the form draws with the script's own Lit. */
export type Extra = () => TemplateResult
export type Html = typeof html

/**
 * @attr {string} server - the backend's origin; where the script came from unless it says otherwise
 * @attr {string} site - the site's id; may be left out where the backend has one site of this origin
 * @attr {string} locale - a language tag; the page's `lang`, then the browser's, unless it says otherwise
 */
export abstract class ClientElement extends HTMLElement {
  /** @internal */
  static readonly styles: string = ''
  /** @internal */
  static readonly observedAttributes: string[] = ['server', 'site', 'locale', 'channel', 'code-only']

  /** Another client than the page's own: for tests. @internal */
  client: ElementClient | undefined
  /** @internal */
  state: State = firstState
  /** @internal */
  readonly root: ShadowRoot = this.attachShadow({ mode: 'open' })
  /** @internal */
  extra: Extra | undefined
  #coming: Promise<Extra> | undefined
  #messages: Partial<Messages> = {}
  #learnt: Partial<Language> | undefined
  #wanted: string[] | undefined
  #drawing: Promise<void> | undefined
  #leave: (() => void) | undefined
  #tick: ReturnType<typeof setTimeout> | undefined
  /** A page that is one application changes its language where it stands. */
  readonly #spoken = new MutationObserver(() => this.more())

  constructor() {
    super()
    const { messages } = this
    // Once, and not at each place where the element is put: what comes later adds its own.
    Object.assign(this.root, { adoptedStyleSheets: [sheetOf(new.target.styles)] })
    // A page that set it before the script came has it on the element itself, where it would hide ours.
    Reflect.deleteProperty(this, 'messages')
    this.#messages = messages
  }

  /** Sentences of the page's own, instead of those of the language. */
  get messages(): Partial<Messages> {
    return this.#messages
  }

  set messages(messages: Partial<Messages>) {
    this.#messages = messages
    this.redraw()
  }

  /** Resolves when what is known is drawn. @internal */
  get updateComplete(): Promise<void> {
    return this.#drawing ?? Promise.resolve()
  }

  connectedCallback(): void {
    const client = (this.client ??= sharedClient())
    this.state = client?.state ?? firstState
    this.#leave = client?.subscribe((state, cause) => {
      const before = this.state
      this.state = state
      this.stepped(before, cause)
      // It may not have been had before; where A cannot be reached a person's next press asks again.
      if (!this.extra && cause.type !== 'refused') this.more()
      this.redraw()
    })
    this.#spoken.observe(document.documentElement, { attributeFilter: ['lang'] })
    this.attributeChangedCallback()
    client?.revive()
  }

  disconnectedCallback(): void {
    this.#leave?.()
    this.#spoken.disconnect()
    clearTimeout(this.#tick)
  }

  attributeChangedCallback(): void {
    const { client, isConnected } = this
    if (!isConnected) return
    const server = this.getAttribute('server')
    const site = this.getAttribute('site')
    const origin = server && httpOrigin(server, location.href)
    if (server && !origin) client?.fail('invalid_server')
    else client?.use({ ...(origin && { server: origin }), ...(site && { site }) })
    this.redraw()
    void this.updateComplete.then(() => this.more())
  }

  /** What to speak, the dearest first: the element's own `locale`, the page's language, the browser's. @internal */
  get languages(): string[] {
    return [this.getAttribute('locale'), document.documentElement.lang, ...navigator.languages].flatMap((tag) => tag || [])
  }

  /** @internal */
  get words(): Words {
    return { ...en, ...this.#learnt, ...((this as { linkless?: boolean }).linkless && this.#learnt?.noLink), ...this.messages }
  }

  /** Fetches what the script does not carry: other words, and what helps. Where that cannot be had, everything works without it. @internal */
  more(): void {
    const wanted = (this.#wanted = this.languages)
    later().then(async ({ wordsOf, extraOf }) => {
      const learnt = await wordsOf(wanted)
      // The newest wish counts, whichever comes last.
      if (wanted === this.#wanted) this.#learnt = learnt
      // One for all who ask meanwhile: it brings styles and listeners.
      this.extra = await (this.#coming ??= extraOf(this, html).catch((cause: unknown) => {
        this.#coming = undefined
        throw cause
      }))
      this.redraw()
    }).catch(() => {})
  }

  /** Draws soon, once for all that happens until then. @internal */
  redraw(): void {
    this.#drawing ??= Promise.resolve().then(() => {
      this.#drawing = undefined
      if (!this.isConnected) return
      try {
        render(this.template(), this.root)
      } catch (thrown) {
        return sayMarkupBlocked(this.root, thrown)
      }
      this.drawn()
      const { phase, failure } = this.state
      clearTimeout(this.#tick)
      if (left(failure?.retryAt) || (phase.name === 'waiting' && left(phase.waiting.resendAt))) this.#tick = setTimeout(() => this.redraw(), 1000 - (Date.now() % 1000))
    })
  }

  protected abstract template(): TemplateResult
  /** Hears each step of the client, before it is drawn. */
  protected stepped(_before: State, _cause: Step): void {}
  protected drawn(): void {}
}
