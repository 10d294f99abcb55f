/** The words for a code. */
import type { Words } from './messages/messages.ts'
import { isSentence } from './messages/words.ts'

/** What the owner of the page has to mend: `frame_…`, `connect_blocked`, `origin_not_allowed`, `server_unreachable`, `invalid_request`, `invalid_server`. */
export const isSetup = (code: string): boolean => /^(frame|connect|origin|server|invalid_[rs])/.test(code)

/** What happened and what to do; `about` is the server, or the page's own origin where that is not listed there. */
export function sentenceOf(code: string, server: string, words: Words): string {
  const name = isSentence(code, words) ? code : isSetup(code) ? 'setup' : 'unexpected'
  return (words[name] ?? '').replace('{}', code === 'origin_not_allowed' ? location.origin : server)
}
