/** What a view is handed, and the pieces that several views draw. */
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Words } from '../messages/messages.ts'
import type { Phase, State } from '../phase.ts'

export type View = {
  state: State
  words: Words
  channel: 'email' | 'sms'
  /** The sentence of what went wrong; empty where nothing did. */
  problem: string
  /** Whether another try with this address has to wait. */
  waits: boolean
  /** The address that was used here last. */
  last: string
  resend: () => void
  again: () => void
  signOut: () => void
}

export type PhaseNamed<Name extends Phase['name']> = Extract<Phase, { name: Name }>

/** A sentence with its `{}` filled by a name of a person or a thing, which may run another way than the sentence. */
export const fill = (sentence: string, name: string): TemplateResult => {
  const [before, after] = sentence.split('{}')
  return html`${before}<bdi part="address">${name}</bdi>${after}`
}

/** What a person types, and under it what is wrong with it. */
export const problemLine = ({ problem }: View): TemplateResult => html`<p id="problem" part="error" ?hidden=${!problem}>${problem}</p>`

/** Whether what went wrong is about what was typed. */
export const isTyped = ({ state }: View): string | typeof nothing => (/^(wrong|invalid_[ap])/.test(state.failure?.code ?? '') ? 'true' : nothing)

/** A heading that can take the focus when its phase begins. */
export const heading = (title: string, text: unknown): TemplateResult => html`<h2 part="heading" tabindex="-1" data-focus>${title}</h2><p part="text">${text}</p>`

/** A button that submits; `busy` keeps it, and the focus on it, but not its press. */
export const mainButton = (text: string, busy: boolean): TemplateResult => html`<button part="button" type="submit" aria-disabled=${busy || nothing}>${text}</button>`

/** What is heard of a countdown: screen readers read a name or a description that changes under the focus. */
export const inTens = (seconds: number): number => Math.ceil(seconds / 10) * 10

/** A quiet button beside the main one. */
export const link = (text: string, press: () => void): TemplateResult => html`<button part="link" type="button" @click=${press}>${text}</button>`
