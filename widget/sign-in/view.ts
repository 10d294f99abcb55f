/** What a view is handed, and the pieces that several views draw. */
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Messages } from '../messages/messages.ts'
import type { Phase, State } from '../phase.ts'

/** What a person can do. */
export type Acts = {
  submit: (event: SubmitEvent) => void
  enter: (event: Event) => void
  resend: () => void
  again: () => void
  sendNew: (event: Event) => void
  signOut: () => void
}

export type View = {
  state: State
  words: Messages
  channel: 'email' | 'sms'
  /** The sentence of what went wrong; empty where nothing did. */
  problem: string
  /** Whether that is about what was typed. */
  isTyped: boolean
  /** Whole seconds until another try is worth it. */
  retryIn: number
  acts: Acts
}

export type PhaseNamed<Name extends Phase['name']> = Extract<Phase, { name: Name }>

/** A sentence with its `{}` filled by a node. */
export const fill = (sentence: string, node: unknown): TemplateResult => {
  const [before, after] = sentence.split('{}')
  return html`${before}${node}${after}`
}

export const who = (text: string): TemplateResult => html`<strong part="address">${text}</strong>`

export const problemLine = ({ problem }: View): TemplateResult => html`<p id="problem" part="error" ?hidden=${!problem}>${problem}</p>`

/** What the person is called by: the address that was proved. */
export const nameOf = ({ session }: State): string => session?.user.email ?? session?.user.phone ?? ''

/** A heading that can take the focus when its phase begins. */
export const heading = (text: string): TemplateResult => html`<h2 part="heading" tabindex="-1" data-focus>${text}</h2>`

/** A button that submits; `busy` keeps it, and the focus on it, but not its press. */
export const mainButton = (text: string, busy: boolean): TemplateResult =>
  html`<button part="button" type="submit" aria-disabled=${busy || nothing}>${text}</button>`

/** A quiet button beside the main one. */
export const link = (text: string, press: () => void, waits = false): TemplateResult =>
  html`<button part="link" type="button" aria-disabled=${waits || nothing} @click=${() => waits || press()}>${text}</button>`
