/** H's end of the bridge: makes the hidden frame, knows that it lives by its `ready` alone, and finds out why when it does not. */
import { claimFirst, field, isFromBridge, type FromBridge, type ToBridge } from './bridge-messages.ts'
import { call } from './http.ts'
import { httpOrigin } from './landing.ts'

/** `claim`: a token waits to be claimed, so the bridge need not look for an older session. */
export type BridgePlace = { server: string; site: string | undefined; claim: boolean }

/** What H hears: messages, and once the code of why there is no bridge. A late `ready` may still follow. */
export type BridgeEars = { heard: (message: FromBridge) => void; failed: (code: string) => void }

export type BridgeLine = {
  post: (message: ToBridge) => void
  /** Whether the frame still stands in the page. */
  isAttached: () => boolean
  close: () => void
}

/** How long a bridge may take to say that it lives, in milliseconds. */
export const readyWithin = 5000

/** And how long after that its page may still be on its way, on a slow network. */
export const loadWithin = 15_000

/** Makes the frame. `load` fires for a refused one too, so only the handshake counts. */
export function openBridge(place: BridgePlace, ears: BridgeEars): BridgeLine {
  const { server } = place
  const frame = hiddenFrame(place)
  const ending = new AbortController()
  const { signal } = ending
  const fail = (code: string): void => {
    settle()
    ears.failed(code)
  }
  const settle = whileSilent(frame, place, fail)
  addEventListener('message', ({ origin, source, data }) => {
    if (origin !== server || source !== frame.contentWindow || !isFromBridge(data)) return
    if (data.type === 'ready') settle()
    ears.heard(data)
  }, { signal })
  document.addEventListener('securitypolicyviolation', (event) => {
    if (isBlocked(event, server, /^(frame|child|default)-src/)) fail('frame_blocked')
  }, { signal })
  // Without one it would be a page of H's own. Who waits is told as of a bridge that does not come.
  if (server) (document.body ?? document.documentElement).append(frame)
  return {
    post: (message) => frame.contentWindow?.postMessage({ linklatch: 1, ...message }, server),
    isAttached: () => !server || frame.isConnected,
    close: () => {
      settle()
      ending.abort()
      frame.remove()
    },
  }
}

/** Asks why the frame does not say that it lives. @returns what ends that: it has, or nobody waits for it any more */
function whileSilent(frame: HTMLIFrameElement, place: BridgePlace, failed: (code: string) => void): () => void {
  let isOver = false
  let hasLoaded = false
  const ask = async (patience?: number): Promise<void> => {
    const code = await diagnose(place)
    if (isOver) return
    // A frame that was refused has loaded; one that has not is on its way.
    if (hasLoaded || !code.startsWith('frame_')) return failed(code)
    if (!patience) return failed('server_unreachable')
    timer = setTimeout(() => void ask(), patience)
  }
  let timer = setTimeout(() => void ask(loadWithin), readyWithin)
  frame.addEventListener('load', () => { hasLoaded = true })
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

/** A page's policy that only reports keeps nothing from it. */
const isBlocked = ({ disposition, blockedURI, effectiveDirective }: SecurityPolicyViolationEvent, server: string, directive: RegExp): boolean =>
  disposition === 'enforce' && directive.test(effectiveDirective) && httpOrigin(blockedURI) === server

const query = (site: string | undefined): URLSearchParams => new URLSearchParams({ origin: location.origin, ...(site && { site }) })

function hiddenFrame({ server, site, claim }: BridgePlace): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = 'Linklatch'
  frame.referrerPolicy = 'origin'
  // A page's own `iframe { display: block }` would beat the attribute.
  frame.style.setProperty('display', 'none', 'important')
  frame.src = `${server}/bridge?${query(site)}${claim ? claimFirst : ''}`
  return frame
}

/** Why A does not answer this page, as a code whose sentence names the fix. */
export async function diagnose({ server, site }: Pick<BridgePlace, 'server' | 'site'>): Promise<string> {
  if (!server) return 'invalid_server'
  if (self.origin === 'null') return location.protocol === 'file:' ? 'origin_file' : 'origin_opaque'
  let blocked = false
  const listener = (event: SecurityPolicyViolationEvent): void => {
    if (isBlocked(event, server, /^connect-src/)) blocked = true
  }
  document.addEventListener('securitypolicyviolation', listener)
  try {
    const answer = await call(`${server}/v1/embed?${query(site)}`, { credentials: 'omit', signal: AbortSignal.timeout(readyWithin) })
    if (field(answer, 'allowed') !== true) return 'origin_not_allowed'
    return window === window.top ? 'frame_refused' : 'frame_nested'
  } catch {
    // The violation's event is a task of its own, after the fetch has failed.
    await new Promise((resolve) => setTimeout(resolve))
    return blocked ? 'connect_blocked' : 'server_unreachable'
  } finally {
    document.removeEventListener('securitypolicyviolation', listener)
  }
}
