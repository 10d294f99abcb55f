/** The words for a code, and the one console line for whoever set the page up. */
import type { Messages } from './messages/messages.ts'
import { errorSentence, messagesFor } from './messages/sentences.ts'

/** What the owner of the page has to mend: `frame_…`, `connect_blocked`, `origin_not_allowed`, `server_unreachable`, `invalid_request`, `invalid_server`. */
export const isSetup = (code: string): boolean => /^(frame|connect|origin|server|invalid_[rs])/.test(code)

export class Complaints {
  readonly #warned = new Set<string>()
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  /** What happened and what to do. */
  sentence(code: string, server: string, words: Messages = messagesFor(undefined)): string {
    return errorSentence(words, code, code === 'origin_not_allowed' ? this.#origin : server)
  }

  /** Names the fix in the console, once for each code. */
  warn(code: string, sentence: string): void {
    if (isSetup(code) && !this.#warned.has(code)) console.warn(`[linklatch] ${code}: ${sentence}`)
    this.#warned.add(code)
  }
}
