/** What a screen of the console is, and what it may do. */
import type { TemplateResult } from 'lit'
import type { AdminApi, Fault } from './admin-api.ts'

export type Screen = {
  /** Of the page, once it is loaded. */
  title(): string
  /** Asks for what it shows. Rejects with a `Refused`. */
  load(): Promise<void>
  view(): TemplateResult
}

export type Desk = {
  readonly api: AdminApi
  /** What was wrong with the fields of the form that was sent last. */
  readonly faults: readonly Fault[]
  /** Does something, one thing at a time, and draws: with the sentence that it gives, or with the refusal. */
  act(doing: () => Promise<string | void>): Promise<void>
  /** Asks first; `typed` is what has to be typed to confirm. */
  confirm(question: Question): Promise<boolean>
  /** Leads on after an act, but for who went elsewhere while it ran. */
  go(hash: string, said: string): void
  /** What is shown once: a secret that no later answer holds. */
  showOnce(label: string, secret: string): void
}

export type Question = { question: string; consequence: string; yes: string; typed?: string }
