/** Hostile host pages, in each engine: what works under the strictest policies, what says why it cannot, and what no other window can forge. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Device, Tab } from './engines.ts'
import { elementPage, scriptPage, startHostileHost, strictPolicy, type HostileHost } from './hostile-host.ts'
import { inEngine, matrix, testLimit } from './in-engine.ts'
import { choice, openElsewhere, part, says, somebody, textOf, untilIn } from './person.ts'

const session = { accessToken: 'forged', expiresAt: 4_000_000_000, user: { id: 'mallory', email: 'mallory@evil.example', created_at: 1 } }
const forged = JSON.stringify([
  { linklatch: 1, type: 'ready', site: 'x' },
  { linklatch: 1, type: 'session', session, kept: 'cookie' },
  { linklatch: 1, type: 'session', session: null },
  { linklatch: 1, type: 'challenge', challenge: 'c'.repeat(43) },
])
/** Shoots at a window, again and again: once might be too early. */
const shoots = (target: string, messages = forged) => `setInterval(() => { for (const message of ${messages}) try { ${target}.postMessage(message, '*') } catch {} }, 20)`

for (const name of matrix) {
  inEngine(name, (scene, limits) => {
    let hostile: HostileHost
    let device: Device
    let tab: Tab
    before(async () => {
      if (limits.skip) return
      hostile = await startHostileHost(scene().stage)
      device = await scene().device()
    }, testLimit)
    beforeEach(async () => {
      if (!limits.skip) tab = await device.newTab()
    }, testLimit)
    after(() => hostile?.stop())

    const server = () => scene().stage.server
    const show = async (page: Parameters<HostileHost['serve']>[1], path = '/page') => {
      hostile.serve(path, page)
      await tab.goto(`${hostile.host}${path}`)
    }
    /** A whole sign-in by code, and out again, so that nothing is left for the next page. */
    const signInAndOut = async () => {
      const address = somebody()
      await tab.type(part.address, address)
      await tab.click(part.send)
      await textOf(tab, part.number)
      const { code } = await scene().stage.letterTo(address)
      await tab.type(part.code, code)
      await untilIn(tab, 'a session', (email) => globalThis.linklatch?.user?.email === email, address)
      await tab.eval(() => globalThis.linklatch?.signOut())
    }
    const nobodyIsIn = async () => assert.equal(await tab.eval(() => globalThis.linklatch?.user ?? null), null)

    const policies: Record<string, () => Record<string, string>> = {
      'a policy of script-src, connect-src and frame-src alone': () => strictPolicy(server()),
      'Trusted Types without a list of policies': () => strictPolicy(server(), { also: ["require-trusted-types-for 'script'"] }),
      'Trusted Types that list lit-html': () => strictPolicy(server(), { also: ["require-trusted-types-for 'script'", 'trusted-types lit-html'] }),
      'a list of policies that nothing has to use': () => strictPolicy(server(), { also: ["trusted-types 'none'"] }),
      'COEP require-corp and COOP same-origin': () => ({ 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-opener-policy': 'same-origin' }),
      'COEP credentialless': () => ({ 'cross-origin-embedder-policy': 'credentialless' }),
      'no-referrer': () => ({ 'referrer-policy': 'no-referrer' }),
    }
    for (const [what, headers] of Object.entries(policies)) {
      it(`signs in on a page with ${what}`, limits, async () => {
        await show({ html: elementPage({ server: server() }), headers: headers() })
        await signInAndOut()
      })
    }

    it('signs in on a page that has the script three times, by two names, where lit-html may be made once', limits, async () => {
      const scripts = [`${server()}/linklatch.js`, `${server()}/linklatch.js?again`, `${server()}/linklatch.js`]
      await show({ html: elementPage({ server: server(), scripts }), headers: strictPolicy(server(), { also: ["require-trusted-types-for 'script'", 'trusted-types lit-html'] }) })
      await signInAndOut()
      assert.equal(await tab.eval(() => document.querySelectorAll('iframe').length), 1)
    })

    it('tells a page with two elements once, and each element itself', limits, async () => {
      await show({ html: elementPage({ server: server(), more: '<linklatch-sign-in id="second" no-remember></linklatch-sign-in>' }) })
      await tab.eval(() => {
        const heard = { page: 0, second: 0 }
        addEventListener('linklatch-sent', () => { heard.page += 1 })
        document.querySelector('#second')?.addEventListener('linklatch-sent', () => { heard.second += 1 })
        Object.assign(window, { heard })
      })
      await signInAndOut()
      assert.deepEqual(await tab.eval(() => (window as unknown as { heard: object }).heard), { page: 1, second: 1 })
    })

    const hashRouter = "<script ROUTER>const route = () => { if (!location.hash.startsWith('#/')) location.hash = '#/' }; addEventListener('hashchange', route); route()</script>"
    for (const [when, router] of [['before the script', hashRouter.replace('ROUTER', '')], ['after it', hashRouter.replace('ROUTER', 'type="module"')]] as const) {
      it(`a link signs in on a page whose router keeps its place in the fragment, and starts ${when}`, limits, async () => {
        hostile.serve('/landing', { html: elementPage({ server: server(), more: router }) })
        await tab.goto(`${hostile.host}/landing`)
        const address = somebody()
        await tab.type(part.address, address)
        await tab.click(part.send)
        await textOf(tab, part.number)
        await tab.goto((await scene().stage.letterTo(address)).link)
        await untilIn(tab, 'a session', (email) => globalThis.linklatch?.user?.email === email, address)
        assert.equal(await tab.eval(() => location.hash), '#/')
        await tab.eval(() => globalThis.linklatch?.signOut())
      })
    }

    const mistakes: Record<string, { headers?: () => Record<string, string>; attributes?: string; asks?: true; says: RegExp }> = {
      'frame-src is missing': { headers: () => strictPolicy(server(), { without: ['frame-src'] }), says: /add frame-src http:\/\/localhost/ },
      'connect-src is missing': { headers: () => strictPolicy(server(), { without: ['connect-src'] }), asks: true, says: /add connect-src http:\/\/localhost/ },
      'Trusted Types list another policy': { headers: () => strictPolicy(server(), { also: ["require-trusted-types-for 'script'", 'trusted-types other'] }), says: /add lit-html to trusted-types/ },
      'the site’s id is wrong': { attributes: 'site="0000000000000000"', says: /check its site attribute/ },
      'the server is dead': { attributes: 'server="http://localhost:9"', says: /cannot be reached/ },
    }
    for (const [what, { headers, attributes = '', asks, says: pattern }] of Object.entries(mistakes)) {
      it(`says in one sentence what to mend where ${what}`, limits, async () => {
        await show({ html: elementPage({ server: server(), attributes }), ...(headers && { headers: headers() }) })
        if (asks) {
          await tab.type(part.address, somebody())
          await tab.click(part.send)
        }
        // An engine without Trusted Types signs in as ever.
        if (what.startsWith('Trusted') && !(await tab.eval(() => 'trustedTypes' in globalThis))) return signInAndOut()
        await says(tab, pattern)
      })
    }

    it('says what to mend in a sandboxed frame without an origin', limits, async () => {
      hostile.serve('/inner', { html: elementPage({ server: server(), attributes: `site="${hostile.siteId}"` }) })
      await show({ html: scriptPage('', `<iframe sandbox="allow-scripts allow-forms" src="${hostile.host}/inner"></iframe>`) }, '/outer')
      await untilFrame(`${hostile.host}/inner`, () => /allow-same-origin/.test(document.querySelector('linklatch-sign-in')?.shadowRoot?.textContent ?? ''))
    })

    it('says what to mend where it was opened as a file', limits, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'linklatch-file-'))
      const file = join(folder, 'index.html')
      await writeFile(file, elementPage({ server: server() }))
      await tab.goto(pathToFileURL(file).href)
      await says(tab, /opened as a file/)
      await rm(folder, { recursive: true })
    })

    it('lives in no page that a foreign one has framed: the bridge is refused, and it says so', limits, async () => {
      hostile.serve('/inner', { html: elementPage({ server: server() }) })
      hostile.serve('/evil', { html: scriptPage('', `<iframe src="${hostile.host}/inner"></iframe>`) })
      await tab.goto(`${hostile.evil}/evil`)
      await untilFrame(`${hostile.host}/inner`, () => /in a tab of its own/.test(document.querySelector('linklatch-sign-in')?.shadowRoot?.textContent ?? ''))
    })

    it('is fooled by no message of a foreign frame or of its own page, nor is its bridge', limits, async () => {
      hostile.serve('/sibling', { html: scriptPage(`${shoots('parent')}; ${shoots('parent.frames[1]', JSON.stringify([{ linklatch: 1, type: 'claim', code: '123456' }, { linklatch: 1, type: 'end' }]))}`) })
      await show({ html: elementPage({ server: server(), more: `<iframe src="${hostile.evil}/sibling"></iframe><script>${shoots('window')}</script>` }) })
      await untilIn(tab, 'messages from all', () => {
        const all = window as unknown as { from?: Set<string> }
        if (!all.from) {
          all.from = new Set()
          addEventListener('message', ({ origin }) => all.from?.add(origin))
        }
        return all.from.size >= 2
      })
      await nobodyIsIn()
      await signInAndOut()
      await nobodyIsIn()
    })

    it('is fooled by no message of the window that opened it, nor is its bridge', limits, async () => {
      const commands = JSON.stringify([{ linklatch: 1, type: 'claim', code: '123456' }, { linklatch: 1, type: 'prepare' }, { linklatch: 1, type: 'end' }])
      hostile.serve('/opener', { html: scriptPage(`
        let popup
        document.querySelector('button').onclick = () => { popup = open('${hostile.host}/opened') }
        addEventListener('message', ({ data, source }) => { if (source === popup) window.told = data })
        ${shoots('popup')}; ${shoots('popup.frames[0]', commands)}`, '<button>open</button>') })
      const reports = `let shots = 0
        addEventListener('message', ({ source }) => { if (source === opener) shots += 1 })
        setInterval(() => opener.postMessage({ shots, ready: document.querySelector('iframe') !== null, user: window.linklatch?.user ?? null }, '*'), 50)`
      hostile.serve('/opened', { html: elementPage({ server: server(), more: `<script>${reports}</script>` }) })
      await tab.goto(`${hostile.evil}/opener`)
      await tab.click('button')
      type Told = { shots: number; ready: boolean; user: unknown }
      const told = await untilIn(tab, 'what the opened page says', () => {
        const { told } = window as unknown as { told?: Told }
        return told?.ready && told.shots > 20 && told
      })
      assert.equal(told.user, null)
    })

    it('is fooled by no bridge frame that was led elsewhere', limits, async () => {
      hostile.serve('/fake', { html: scriptPage(shoots('parent')) })
      await show({ html: elementPage({ server: server() }) })
      await untilIn(tab, 'the bridge', () => document.querySelector('iframe') !== null)
      await tab.eval((src) => {
        Object.assign(window, { fakes: 0 })
        addEventListener('message', ({ origin }) => { if (origin === new URL(src).origin) (window as unknown as { fakes: number }).fakes += 1 })
        const frame = document.querySelector('iframe')
        if (frame) frame.src = src
      }, `${hostile.evil}/fake`)
      await untilIn(tab, 'its messages', () => (window as unknown as { fakes: number }).fakes > 20)
      await nobodyIsIn()
    })

    it('cannot be opened by itself: the bridge at the top level is refused', limits, async () => {
      await tab.goto(`${server()}/bridge?origin=${encodeURIComponent(hostile.host)}`).catch(() => undefined)
      await untilIn(tab, 'the refusal', () => /only for pages of this server itself/.test(document.body.textContent))
    })

    it('shows neither the approve page nor a dead link’s inside any frame', limits, async () => {
      const address = somebody()
      const page = { html: elementPage({ server: server() }) }
      hostile.serve('/landing', page)
      await show(page)
      await tab.type(part.address, address)
      await tab.click(part.send)
      await textOf(tab, part.number)
      const { link } = await scene().stage.letterTo(address)
      const token = new URL(link).searchParams.get('token') ?? ''
      const targets = [`${server()}/approve?token=${token}`, `${server()}/approve?token=dead`]
      hostile.serve('/jack', { html: scriptPage('', targets.map((url) => `<iframe src="${url}"></iframe><object data="${url}"></object><embed src="${url}">`).join('')) })
      await tab.goto(`${hostile.evil}/jack`)
      await untilIn(tab, 'the page', () => document.readyState === 'complete')
      assert.equal(await tab.inFrame(server(), () => document.querySelector('main') !== null).catch(() => false), false)
      // The same pages, where a person opens them.
      const phone = await (await scene().device()).newTab()
      await openElsewhere(phone, link)
      await phone.click(choice('reject'))
      await untilIn(phone, 'the end', () => /stopped/i.test(document.body.textContent))
    })

    async function untilFrame(prefix: string, look: () => boolean): Promise<void> {
      await untilIn(tab, prefix, () => true)
      for (let tries = 0; tries < 300; tries += 1) {
        if (await tab.inFrame(prefix, look).catch(() => false)) return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error(`nothing in the frame of ${prefix}`)
    }
  })
}
