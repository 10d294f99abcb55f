/** What the host page's own scripts can reach: the access token, and never V or the refresh secret. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Tab } from './engines.ts'
import { everyEngine, inEngine } from './in-engine.ts'
import { askForLink, rung, signedInAs } from './person.ts'

for (const name of everyEngine) {
  inEngine(name, (scene, limits) => {
    it('the host page never sees V or the refresh secret, and keeps no token in its storage', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const { address } = await askForLink(tab, stage)
      const bridge = `${stage.server}/bridge`
      const waiting = JSON.stringify(await tab.inFrame(bridge, dump))
      const [, verifier = ''] = /verifier\W+([\w-]{43})/.exec(waiting) ?? []
      assert.notEqual(verifier, '', 'V is in the bridge’s own storage')
      const before = JSON.stringify(await tab.eval(dump))
      await tab.goto((await stage.letterTo(address)).link)
      await signedInAs(tab)
      await rung(tab)
      const kept = JSON.stringify(await tab.inFrame(bridge, dump, bridgeDatabase))
      const secret = refreshSecret(stage.setCookies, kept)
      const after = JSON.stringify(await tab.eval(dump))
      for (const text of [before, after]) {
        assert.ok(!text.includes(verifier), 'V is not on the host page')
        assert.ok(!text.includes(secret), 'the refresh secret is not on the host page')
      }
      assert.ok(!kept.includes(verifier), 'V is gone once it was used')
      await holdsNoToken(tab)
    })
  })
}

/** From the cookie that A set last, or from the bridge's own storage where the browser keeps no cookie. */
function refreshSecret(setCookies: string[], bridgeStorage: string): string {
  const inBridge = /"token":"([\w.-]{22,})"/.exec(bridgeStorage)?.[1]
  const inCookie = setCookies.map((line) => /^__Host-linklatch-[^=]+=([^;]{16,})/.exec(line)?.[1]).findLast((value) => value !== undefined)
  const secret = inBridge ?? inCookie
  assert.ok(secret, 'there is a refresh secret somewhere')
  return secret
}

async function holdsNoToken(tab: Tab): Promise<void> {
  const token = await tab.eval(() => globalThis.seen.messages.map(({ data }) => data.session as { accessToken?: string } | null).findLast((session) => session?.accessToken !== undefined)?.accessToken)
  assert.match(token ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/)
  const { messages: _, ...stored } = await tab.eval(dump)
  assert.ok(!JSON.stringify(stored).includes(token ?? '-'), 'no web storage of the host page holds the access token')
}

/** WebKit lists no databases in a cross-site frame, though it has them: this one is opened by its name. */
const bridgeDatabase = 'linklatch'

/** All that a script of this document can read: storage, cookies, and whatever message came. */
async function dump(...knownDatabases: unknown[]) {
  const databases: unknown[] = []
  const names = new Set((await indexedDB.databases()).map(({ name }) => name))
  for (const name of knownDatabases) names.add(String(name))
  for (const name of names) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? '')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error(request.error?.message))
    })
    for (const store of database.objectStoreNames) {
      const rows = await new Promise<unknown[]>((resolve) => {
        const request = database.transaction(store).objectStore(store).getAll()
        request.onsuccess = () => resolve(request.result)
      })
      databases.push({ store, rows })
    }
    database.close()
  }
  return { cookie: document.cookie, local: { ...localStorage }, session: { ...sessionStorage }, databases, messages: globalThis.seen?.messages ?? [] }
}
