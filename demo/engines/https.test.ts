/** A over https with a local authority that each engine really trusts, behind nginx as documented, on another domain and on a subdomain of the host's site. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { until } from '../e2e/engine-process.ts'
import type { Tab } from '../e2e/engines.ts'
import { inEngine, matrix } from '../e2e/in-engine.ts'
import { askForLink, choice, isReady, openElsewhere, rung, signedInAs, somebody } from '../e2e/person.ts'
import { asked, localAuthority, names, needs, stageBehindProxy } from './behind-proxy.ts'

const rungs = {
  /** WebKitGTK refuses a third party's cookie, over https too. */
  otherDomain: { chromium: 'cookie', firefox: 'cookie', webkit: 'key' },
  /** On a subdomain of the host's site it is no third party's: a plain lasting cookie everywhere. */
  subdomain: { chromium: 'cookie', firefox: 'cookie', webkit: 'cookie' },
} as const

for (const place of ['otherDomain', 'subdomain'] as const) {
  for (const name of matrix) {
    inEngine(name, (scene, limits) => {
      it(`${names[place]} signs in at ${names.host}, and a reload keeps it by the rung "${rungs[place][name]}"`, limits, async () => {
        const { stage, engine } = scene()
        const tab = await engine.newTab()
        const { address } = await askForLink(tab, stage)
        await tab.goto((await stage.letterTo(address)).link)
        assert.equal(await signedInAs(tab), address)
        assert.equal(await rung(tab), rungs[place][name])
        await tab.reload()
        assert.equal(await signedInAs(tab), address)
        assert.equal(await rung(tab), rungs[place][name])
      })

      it(`${names[place]}: the number typed on another device is told over the proxied stream`, limits, async () => {
        const { stage, device } = scene()
        const first = await (await device()).newTab()
        const { address, number } = await askForLink(first, stage)
        const phone = await (await device()).newTab()
        await openElsewhere(phone, (await stage.letterTo(address)).link)
        await phone.type('input[name=number]', number)
        await phone.click(choice('there'))
        assert.equal(await signedInAs(first), address)
      })

      // WebKit reaches these names by a proxy, and through one it speaks http/1.1.
      if (place === 'otherDomain' && name !== 'webkit') {
        it('eight streams of eight tabs fit into HTTP/2', limits, async () => {
          const { stage, device } = scene()
          const browser = await device()
          const tabs = []
          for (let count = 0; count < 8; count++) {
            const tab = await browser.newTab()
            await tab.goto(`${stage.host}/`)
            await isReady(tab)
            if (count === 0) await askForLink(tab, stage, somebody())
            tabs.push(tab)
          }
          const [{ id } = { id: '' }] = await stage.services.store.signIns.list(stage.siteId, { limit: 1 })
          for (const tab of tabs) {
            const protocol = await inBridge(tab, stage.server, (path) => {
              const more = globalThis as { stream?: EventSource }
              more.stream ??= new EventSource(path)
              return (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol
            }, `/v1/sign-ins/${id}/events`)
            // Firefox does not tell a cross-site frame.
            if (name === 'chromium') assert.equal(protocol, 'h2')
          }
          for (const tab of tabs) {
            assert.equal(await openedStream(tab, stage.server), 1, 'EventSource.OPEN')
          }
        })
      }
    }, { launch: { names: Object.values(names), ...lazyAuthority() }, stage: () => stageBehindProxy(names[place]), needs })
  }
}

it('in production over https the answers carry HSTS, and nothing of the metrics is forwarded', { skip: needs.some((variable) => !process.env[variable]) && `no ${needs.join(', ')}` }, async () => {
  const stage = await stageBehindProxy(names.subdomain)
  try {
    const { status, headers } = await asked(`${stage.server}/healthz`)
    assert.equal(status, 200)
    assert.match(String(headers['strict-transport-security']), /max-age=31536000/)
    if (process.env.NGINX_PATH) assert.equal((await asked(`${stage.server}/metrics`)).status, 404)
    assert.equal((await asked(`${stage.server}/v1/sign-ins/nosuchsignin/events`)).status, 404)
    assert.equal((await asked(`${stage.server}/link?token=secret`)).status, 400)
    assert.doesNotMatch(JSON.stringify(stage.proxyLogs() ?? {}), /secret/)
  } finally {
    await stage.stop()
  }
})

/** Where a tool is missing these tests are skipped, and nothing is made. */
function lazyAuthority() {
  return needs.every((variable) => process.env[variable]) ? { authority: localAuthority() } : {}
}

/** Inside the bridge, as soon as it is there: the form does not wait for it. */
function inBridge<Args extends unknown[], Result>(tab: Tab, server: string, fn: (...args: Args) => Result, ...args: Args) {
  return until('the bridge', 30_000, () => tab.inFrame(`${server}/bridge`, fn, ...args).catch(() => undefined))
}

const openedStream = (tab: Tab, server: string): Promise<number> =>
  until('an open stream', 30_000, async () => {
    const state = await inBridge(tab, server, () => (globalThis as { stream?: EventSource }).stream?.readyState)
    return state === 1 ? state : undefined
  })
