/**
 * What the bridge page runs. It works only as a direct child of the one origin it was served for, and speaks only with that
 * parent: each of `event.source` and `event.origin` alone was shown to fail.
 */
import { isToBridge } from './bridge-messages.ts'
import { Bridge } from './bridge.ts'

type Framed = { parent: unknown; origin: string; location: { ancestorOrigins?: ArrayLike<string> } }

/** Whether this frame stands where A served it for: right under `host`, and with A's real origin. */
export function standsUnder(host: string, frame: Framed): boolean {
  const ancestors = frame.location.ancestorOrigins
  const direct = !ancestors || (ancestors.length === 1 && ancestors[0] === host)
  return frame.parent !== frame && frame.origin !== 'null' && direct
}

const { site, origin: host } = document.documentElement.dataset

if (site && host && standsUnder(host, window)) {
  const bridge = new Bridge({ site, host, tell: (message) => window.parent.postMessage({ linklatch: 1, ...message }, host) })
  addEventListener('message', (event) => {
    if (event.source === window.parent && event.origin === host && isToBridge(event.data)) bridge.handle(event.data)
  })
  addEventListener('pagehide', () => bridge.rest())
  addEventListener('pageshow', (event) => event.persisted && bridge.wake(true))
  // Chromium's page lifecycle: a tab that is frozen where it stands.
  document.addEventListener('freeze', () => bridge.rest())
  document.addEventListener('resume', () => bridge.wake(true))
  addEventListener('online', () => bridge.wake(false))
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && bridge.wake(false))
  bridge.start()
}
