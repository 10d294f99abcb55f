/**
 * What the elements share: Lit's templates over the state of the page's client, while the element stands in the page.
 * Lit's `html` and `render` without `LitElement`: its reactive properties would be 2.3 kB of the 12 that a page may pay,
 * and everything here follows from one state.
 */
import { render, type TemplateResult } from 'lit/html.js'
import { sharedClient, type ElementClient } from './page-client.ts'
import { firstState, type State, type Step } from './phase.ts'
import { httpOrigin } from './landing.ts'

/** Whole seconds until an instant, never less than none. */
export const left = (at = 0): number => Math.max(0, at - Math.floor(Date.now() / 1000))

const sheets = new Map<string, CSSStyleSheet>()

/** Constructed sheets pass a policy without `style-src`. */
function sheet(text: string): CSSStyleSheet {
  const made = sheets.get(text) ?? new CSSStyleSheet()
  if (!sheets.has(text)) made.replaceSync(text)
  sheets.set(text, made)
  return made
}

export abstract class ClientElement extends HTMLElement {
  static readonly styles: string = ''
  static readonly observedAttributes: string[] = ['server', 'site', 'redirect-to', 'locale', 'channel']

  /** Another client than the page's own: for tests and for pages that make theirs. */
  client: ElementClient | undefined
  protected state: State = firstState
  protected readonly root = this.attachShadow({ mode: 'open' })
  #drawing: Promise<void> | undefined
  #leave: (() => void) | undefined
  #tick: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    const { styles } = this.constructor as typeof ClientElement
    this.root.adoptedStyleSheets = [sheet(styles)]
  }

  /** Resolves when what is known is drawn. */
  get updateComplete(): Promise<void> {
    return this.#drawing ?? Promise.resolve()
  }

  connectedCallback(): void {
    const client = (this.client ??= sharedClient())
    if (!client) return this.redraw()
    this.state = client.state
    this.#leave = client.subscribe((state, cause) => {
      const before = this.state
      this.state = state
      this.stepped(before, cause)
      this.redraw()
    })
    this.#place(client)
    client.revive()
    this.redraw()
  }

  disconnectedCallback(): void {
    this.#leave?.()
    clearTimeout(this.#tick)
  }

  attributeChangedCallback(): void {
    if (!this.isConnected || !this.client) return
    this.#place(this.client)
    this.redraw()
  }

  /** What words to use: the element's own `locale`, else the page's language. */
  protected get locale(): string | undefined {
    return this.getAttribute('locale') || document.documentElement.lang || undefined
  }

  /** Draws soon, once for all that happens until then. */
  protected redraw(): void {
    this.#drawing ??= Promise.resolve().then(() => {
      this.#drawing = undefined
      render(this.template(), this.root, { host: this })
      this.drawn()
      this.#countDown()
    })
  }

  protected abstract template(): TemplateResult
  /** Hears each step of the client, before it is drawn. */
  protected stepped(_before: State, _cause: Step): void {}
  protected drawn(): void {}

  protected emit(name: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }))
  }

  #place(client: ElementClient): void {
    const [server, site] = ['server', 'site'].map((name) => this.getAttribute(name))
    const origin = server && httpOrigin(server, location.href)
    if (server && !origin) client.fail('invalid_server')
    else client.use({ ...(origin && { server: origin }), ...(site && { site }) })
  }

  /** Draws again at the next second while something counts down. */
  #countDown(): void {
    const { phase, failure } = this.state
    clearTimeout(this.#tick)
    if (this.isConnected && (left(failure?.retryAt) || (phase.name === 'waiting' && left(phase.waiting.resendAt)))) {
      this.#tick = setTimeout(() => this.redraw(), 1000 - (Date.now() % 1000))
    }
  }
}
