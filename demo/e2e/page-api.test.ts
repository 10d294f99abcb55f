/** What a page's own code uses, `window.linklatch`: a whole life of a session, told to the page. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Tab } from './engines.ts'
import { inEngine, matrix } from './in-engine.ts'
import { part, somebody, untilIn } from './person.ts'

declare global {
  /** What two listeners heard: one goes on, the other leaves once somebody is signed in. */
  var changes: { all: (string | null)[]; first: (string | null)[]; leave(): void }
}

/** What the page knows at this moment. */
const known = (tab: Tab) => tab.eval(async () => ({ ready: await linklatch.ready, session: linklatch.session?.user.email ?? null, user: linklatch.user?.email ?? null, token: await linklatch.getToken() }))

for (const name of matrix) {
  inEngine(name, (scene, limits) => {
    it('the page asks for a link, hears of the session, uses its token and ends it', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const address = somebody()
      await tab.goto(`${stage.host}/`)
      await untilIn(tab, 'the script', () => typeof linklatch === 'object')
      assert.deepEqual(await known(tab), { ready: null, session: null, user: null, token: null })
      await tab.eval(() => {
        globalThis.changes = { all: [], first: [], leave: linklatch.onChange((session) => changes.first.push(session?.user.email ?? null)) }
        linklatch.onChange((session) => changes.all.push(session?.user.email ?? null))
      })

      assert.match(await tab.eval(async (email) => (await linklatch.signIn({ email })).number, address), /^\d\d$/)
      await tab.type(part.code, (await stage.letterTo(address)).code)
      await untilIn(tab, 'the session', () => changes.all.length > 0)
      const { session, user, token } = await known(tab)
      assert.deepEqual([session, user], [address, address])
      assert.equal(token, await tab.eval(() => linklatch.session?.accessToken))

      const status = (way: 'fetch' | 'own') => tab.eval(async (url, own) => (await (own ? linklatch.fetch(url) : fetch(url))).status, `${stage.server}/v1/me`, way === 'own')
      assert.deepEqual([await status('own'), await status('fetch')], [200, 401])

      await tab.eval(async () => {
        changes.leave()
        await linklatch.signOut()
      })
      await untilIn(tab, 'the end', () => changes.all.length > 1)
      assert.deepEqual(await tab.eval(() => [changes.all, changes.first]), [[address, null], [address]])
      assert.deepEqual({ ...(await known(tab)), ready: null }, { ready: null, session: null, user: null, token: null })
      assert.equal(await status('own'), 401)
    })
  })
}
