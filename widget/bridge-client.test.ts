import { assert } from '@open-wc/testing'
import { diagnose, loadWithin, openBridge, readyWithin } from './bridge-client.ts'
import type { FromBridge } from './bridge-messages.ts'

const server = location.origin
const ready = { linklatch: 1, type: 'ready', site: 's' }
const realFetch = window.fetch
let heard: FromBridge[] = []
let failed: string[] = []
const place = { server, site: 's 1', claim: false }
const open = () => openBridge(place, { heard: (message) => heard.push(message), failed: (code) => failed.push(code) })
const frame = (): HTMLIFrameElement => document.querySelector<HTMLIFrameElement>('iframe[title=Linklatch]') ?? assert.fail('no frame')
const speak = (data: unknown, origin: string, source: Window | null): boolean => dispatchEvent(new MessageEvent('message', { data, origin, source }))

beforeEach(() => {
  heard = []
  failed = []
})
afterEach(() => { window.fetch = realFetch })

describe('the hidden frame', () => {
  it('is hidden, not lazy, says its origin, and goes when the line closes', () => {
    const line = open()
    assert.isTrue(frame().hidden)
    assert.strictEqual(frame().referrerPolicy, 'origin')
    assert.notStrictEqual(frame().loading, 'lazy')
    assert.include(frame().src, `/bridge?origin=${encodeURIComponent(location.origin)}&site=s+1`)
    line.close()
    assert.isNull(document.querySelector('iframe[title=Linklatch]'))
  })

  it('is not made before somebody says where A is, and is given up as one that does not come', async () => {
    const line = openBridge({ ...place, server: '' }, { heard: () => {}, failed: () => {} })
    assert.isNull(document.querySelector('iframe[title=Linklatch]'))
    assert.isTrue(line.isAttached())
    line.close()
    assert.strictEqual(await diagnose({ server: '', site: undefined }), 'invalid_server')
  })

  it('is heard from A’s origin and this very window, and nobody else is', () => {
    const line = open()
    const own = frame().contentWindow
    speak(ready, 'https://evil.example', own)
    speak(ready, server, window)
    speak(ready, server, null)
    speak({ ...ready, linklatch: 2 }, server, own)
    speak('ready', server, own)
    assert.lengthOf(heard, 0)
    speak(ready, server, own)
    assert.lengthOf(heard, 1)
    line.close()
    speak(ready, server, own)
    assert.lengthOf(heard, 1)
  })

  const violation = (blockedURI: string, effectiveDirective: string, disposition: SecurityPolicyViolationEventDisposition = 'enforce'): boolean =>
    document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', { blockedURI, effectiveDirective, violatedDirective: effectiveDirective, documentURI: location.href, originalPolicy: '', disposition, statusCode: 0 }))

  it('is known to be blocked by the page’s own policy at once', () => {
    const line = open()
    for (const other of ['https://other.example/', `${server}0/bridge`, 'data', 'inline', '']) violation(other, 'frame-src')
    violation(`${server}/x`, 'img-src')
    assert.deepEqual(failed, [])
    violation(`${server}/bridge`, 'frame-src')
    assert.deepEqual(failed, ['frame_blocked'])
    line.close()
  })

  it('is not blocked by a policy that only reports', async () => {
    const line = open()
    violation(`${server}/bridge`, 'frame-src', 'report')
    assert.deepEqual(failed, [])
    line.close()
    window.fetch = () => {
      violation(`${server}/v1/embed`, 'connect-src', 'report')
      return Promise.reject(new TypeError('dead'))
    }
    assert.strictEqual(await diagnose(place), 'server_unreachable')
  })
})

describe('a slow network', () => {
  const realTimeout = window.setTimeout
  let due = new Map<number, () => void>()
  let answer = (_: boolean): void => {}
  const isAllowed = (): void => answer(true)
  /** What the patience of that many milliseconds ends with, and its answer. */
  const runOut = async (patience: number): Promise<void> => {
    const act = due.get(patience)
    due.delete(patience)
    act?.()
    await new Promise((next) => realTimeout(next))
  }
  const settled = (): Promise<unknown> => new Promise((next) => realTimeout(next, 20))
  beforeEach(() => {
    due = new Map()
    window.setTimeout = ((act: () => void, patience = 0) => {
      if (patience < 1000) return realTimeout(act, patience)
      due.set(patience, act)
      return -patience
    }) as typeof setTimeout
    window.fetch = () => new Promise((resolve) => { answer = (allowed) => resolve(new Response(JSON.stringify({ allowed }))) })
  })
  afterEach(() => { window.setTimeout = realTimeout })

  it('is no reason to give up a bridge that says that it lives while the reason is asked for', async () => {
    const line = open()
    await runOut(readyWithin)
    speak(ready, server, frame().contentWindow)
    isAllowed()
    await settled()
    assert.deepEqual(failed, [])
    line.close()
  })

  it('is told from a frame that was refused, which has loaded', async () => {
    const line = open()
    frame().addEventListener('load', (event) => event.stopImmediatePropagation(), { capture: true })
    await runOut(readyWithin)
    isAllowed()
    await settled()
    assert.deepEqual(failed, [])
    await runOut(loadWithin)
    isAllowed()
    await settled()
    assert.deepEqual(failed, ['server_unreachable'])
    line.close()
  })

  it('is not what is said of a frame that has loaded and is silent', async () => {
    const line = open()
    frame().dispatchEvent(new Event('load'))
    await runOut(readyWithin)
    isAllowed()
    await settled()
    assert.deepEqual(failed, ['frame_refused'])
    line.close()
  })
})

describe('the reason why there is no bridge', () => {
  const answers: [string, () => Promise<Response>][] = [
    ['origin_not_allowed', async () => new Response('{"allowed":false,"code":"origin_not_allowed"}')],
    ['frame_refused', async () => new Response('{"allowed":true}')],
    ['server_unreachable', () => Promise.reject(new TypeError('dead'))],
  ]
  for (const [code, answer] of answers) {
    it(`is found: ${code}`, async () => {
      window.fetch = answer
      assert.strictEqual(await diagnose(place), code)
    })
  }
})
