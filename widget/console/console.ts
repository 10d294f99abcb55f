/**
 * The owner's console: one page that speaks the admin API. The operator types the token; it lives in this page's memory alone, and is forgotten
 * when the page is closed or reloaded, or when nothing was asked for half an hour.
 */
import { html, nothing, render, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { AdminApi, Refused, type Fault } from './admin-api.ts'
import { listOf, site as siteAnswer } from './answers.ts'
import { ask, withdraw } from './ask.ts'
import type { Desk, Question, Screen } from './desk.ts'
import { doorScreen } from './door-screen.ts'
import { logScreen } from './events.ts'
import { copyable } from './parts.ts'
import { forget } from './recall.ts'
import { hashOf, routeOf, type Route } from './route.ts'
import { aboutScreen, personScreen, siteScreen } from './site-screen.ts'
import { newSiteScreen, sitesScreen } from './sites-screen.ts'

export type ConsoleOptions = {
  ask?: typeof fetch
  /** Until an unused token is forgotten, in milliseconds. Default: half an hour. */
  forgetAfter?: number
  /** In milliseconds since the epoch. */
  now?: () => number
}

/** What is said above the screen. */
type Said = { sentence?: string; problem?: string; once?: { label: string; secret: string } }

export class OwnerConsole implements Desk {
  readonly #root: HTMLElement
  readonly #options: Required<ConsoleOptions>
  readonly #door = doorScreen((token) => void this.#enter(token))
  #api: AdminApi | undefined
  #screen: Screen | undefined
  #said: Said = {}
  #busy = false
  /** How often it was locked. */
  #locks = 0
  /** When the token was used last. */
  #usedAt = 0
  /** The one that is asked for: what comes late of another is not shown. */
  #opening: Screen | undefined
  /** Where the last act began. */
  #actsOn: Screen | undefined
  /** What was said leads over to the screen that comes. */
  #keepsSaid = false
  faults: readonly Fault[] = []

  constructor(root: HTMLElement, { ask: asked = (...args) => fetch(...args), forgetAfter = 30 * 60_000, now = () => Date.now() }: ConsoleOptions = {}) {
    this.#root = root
    this.#options = { ask: asked, forgetAfter, now }
  }

  /** Begins at the door, and follows the fragment. Gives what ends it. */
  start(): () => void {
    const follow = () => void this.#open()
    // The browser goes nowhere then; who presses it wants to see what is there now, above all where it could not be shown before.
    const again = ({ target }: Event) => (target as Element).closest('a')?.hash === location.hash && follow()
    // A page that is left may be kept, and come back as it was.
    const leave = () => this.#lock('The page was left, so the token is forgotten.')
    window.addEventListener('hashchange', follow)
    window.addEventListener('pagehide', leave)
    // A machine that sleeps stops every timer: the clock says how long it was.
    const looking = setInterval(() => this.#forgetUnused(), this.#options.forgetAfter / 60)
    this.#root.addEventListener('click', again)
    this.#draw()
    return () => {
      window.removeEventListener('hashchange', follow)
      window.removeEventListener('pagehide', leave)
      this.#root.removeEventListener('click', again)
      clearInterval(looking)
    }
  }

  get api(): AdminApi {
    if (!this.#api) throw new TypeError('nobody has shown a token')
    return this.#api
  }

  async act(doing: () => Promise<string | void>): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    this.faults = []
    const { once } = this.#said
    this.#said = { ...(once && { once }) }
    this.#draw()
    const locks = this.#locks
    const from = (this.#actsOn = this.#opening)
    const ended = await doing().then((sentence) => ({ sentence }), (thrown: unknown) => ({ thrown }))
    // What comes after a lock is nobody's any more.
    if (this.#locks !== locks) return
    this.#busy = false
    if ('thrown' in ended) this.#refused(ended.thrown, { isHere: from === this.#opening })
    else if (ended.sentence) this.#said.sentence = ended.sentence
    this.#draw()
    const isNew = this.#said.once !== once
    this.#root.querySelector<HTMLElement>(isNew ? '.once' : '[aria-invalid=true]')?.focus()
  }

  confirm(question: Question): Promise<boolean> {
    return ask(this.#root, question)
  }

  go(hash: string, sentence: string): void {
    this.#said.sentence = sentence
    // Who went elsewhere meanwhile stays there.
    if (this.#actsOn !== this.#opening) return
    if (location.hash === hash) return void this.#open({ keep: true })
    this.#keepsSaid = true
    location.hash = hash
  }

  showOnce(label: string, secret: string): void {
    this.#said.once = { label, secret }
    this.#draw()
  }

  /** Shows what the fragment names. */
  async #open({ keep = this.#keepsSaid } = {}): Promise<void> {
    if (!this.#api) return
    this.#keepsSaid = false
    this.faults = []
    if (!keep) this.#said = {}
    // A question about what is left behind.
    withdraw(this.#root)
    const screen = screenOf(routeOf(location.hash), this)
    this.#opening = screen
    const ended = await screen.load().then(() => ({ screen }), (thrown: unknown) => ({ thrown }))
    if (this.#opening !== screen) return
    if ('thrown' in ended) this.#refused(ended.thrown)
    if (!this.#api) return
    this.#screen = 'screen' in ended ? screen : undefined
    this.#draw()
    // Who was led to a secret stays with it.
    if (document.activeElement?.className !== 'once') this.#root.querySelector<HTMLElement>('h1')?.focus()
  }

  async #enter(token: string): Promise<void> {
    await this.act(async () => {
      const api = new AdminApi(token, { ask: this.#options.ask, onUse: () => this.#used() })
      await api.get('/sites', listOf(siteAnswer))
      this.#api = api
      await this.#open()
    })
  }

  /** Forgets the token, and what it has shown. */
  #lock(sentence: string): void {
    this.#api?.end()
    this.#api = undefined
    this.#screen = this.#opening = undefined
    this.#keepsSaid = this.#busy = false
    this.#locks += 1
    this.#said = { sentence }
    this.faults = []
    forget()
    withdraw(this.#root)
    this.#draw()
    this.#root.querySelector<HTMLElement>('input')?.focus()
  }

  /** Before each request. */
  #used(): void {
    this.#forgetUnused()
    this.#usedAt = this.#options.now()
  }

  #forgetUnused(): void {
    if (!this.#api || this.#options.now() - this.#usedAt < this.#options.forgetAfter) return
    this.#lock('Nothing was asked for a while, so the token is forgotten.')
  }

  #refused(thrown: unknown, { isHere = true } = {}): void {
    if (!(thrown instanceof Refused)) throw thrown
    if (thrown.status === 401 && this.#api) return this.#lock('The token is not taken any more. It may have been changed.')
    this.faults = isHere ? thrown.faults : []
    this.#said.problem = thrown.faults.length > 0 ? 'Something in the form is not right, so nothing was changed.' : thrown.message
  }

  #draw(): void {
    const screen = this.#api ? this.#screen : this.#door
    document.title = `${screen?.title() ?? 'Refused'} – Linklatch`
    render(frame({ isOpen: this.#api !== undefined, busy: this.#busy, said: this.#said, screen, lock: () => this.#lock('The token is forgotten.') }), this.#root)
  }
}

function screenOf(route: Route, desk: Desk): Screen {
  switch (route.name) {
    case 'sites': return sitesScreen(desk)
    case 'new': return newSiteScreen(desk)
    case 'log': return logScreen(desk)
    case 'site': return siteScreen(desk, route.id, route.tab)
    case 'about': return aboutScreen(desk, route.id, route.about)
    case 'person': return personScreen(desk, route.id, route.uid)
  }
}

type Frame = { isOpen: boolean; busy: boolean; said: Said; screen: Screen | undefined; lock: () => void }

const frame = ({ isOpen, busy, said, screen, lock }: Frame): TemplateResult => html`
  <header>
    <p class="brand">Linklatch <span class="soft">console</span></p>
    ${isOpen
      ? html`<nav aria-label="Console"><a href=${hashOf.sites}>Sites</a><a href=${hashOf.log}>Server log</a><button type="button" @click=${lock}>Lock</button></nav>`
      : nothing}
  </header>
  <main aria-busy=${busy ? 'true' : 'false'}>
    <p class="said" role="status">${said.sentence}</p>
    <p class="problem" role="alert">${said.problem}</p>
    ${said.once
      ? html`<div class="once" role="group" tabindex="-1" aria-labelledby="once"><h2 id="once">${said.once.label}</h2><p>It is shown this once. Keep it where your server finds it.</p>${copyable(said.once.secret, said.once.label)}</div>`
      : nothing}
    ${screen ? keyed(screen, screen.view()) : html`<h1 tabindex="-1">Not shown</h1><p><a href=${hashOf.sites}>All sites</a></p>`}
  </main>`
