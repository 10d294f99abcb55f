/** The sandbox page: the site's own few lines, and the inbox beside it. */
import { copyOnPress } from './copy.ts'
import { watchInbox } from './inbox.ts'
import { part } from './part.ts'

/** What the little site does with the session: it opens the reading room. */
addEventListener('linklatch-session', (event) => {
  const { session } = (event as CustomEvent<{ session: object | null }>).detail
  part('room').hidden = session === null
  part('pitch').hidden = session !== null
})

copyOnPress('copy-snippet', () => part('snippet').textContent)
watchInbox()
