/** Several tabs of one browser, on http/1.1: one stream, one renewal, one fate; asleep, in the background, and back again. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { until } from '../e2e/engine-process.ts'
import type { Device, EngineName, Tab } from '../e2e/engines.ts'
import { inEngine, matrix } from '../e2e/in-engine.ts'
import { askForLink, choice, isReady, openElsewhere, part, sessionsSeen, signedInAs, signedOut, somebody, textOf } from '../e2e/person.ts'
import type { Stage } from '../e2e/stage.ts'

/** Leaving and coming back: Firefox loads the page anew, the others thaw it. */
const thaws: Record<EngineName, boolean> = { chromium: true, firefox: false, webkit: true }

for (const name of matrix) {
  inEngine(name, (scene, limits) => {
    const signIn = async (stage: Stage, browser: Device): Promise<{ tab: Tab; address: string }> => {
      const tab = await browser.newTab()
      const { address } = await askForLink(tab, stage)
      await tab.type(part.code, (await stage.letterTo(address)).code)
      await signedInAs(tab)
      return { tab, address }
    }

    const another = async (stage: Stage, browser: Device): Promise<Tab> => {
      const tab = await browser.newTab()
      await tab.goto(`${stage.host}/`)
      await isReady(tab)
      return tab
    }

    it('eight tabs on http/1.1 that each wait for a link of their own share one stream, and all end signed in', { ...limits, timeout: 240_000 }, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const tabs: Tab[] = []
      const addresses: string[] = []
      for (let count = 0; count < 8; count++) {
        const tab = await another(stage, browser)
        tabs.push(tab)
        const address = somebody()
        addresses.push(address)
        // By the page's own code: the form shows what the first tab waits for.
        const { number } = await tab.eval((email) => linklatch.signIn({ email }), address)
        assert.equal(await textOf(tab, part.number), number)
      }
      await until('one stream', 30_000, async () => (await openStreams(stage)) === 1 || undefined)
      const [first] = tabs
      const last = addresses.at(-1) ?? ''
      await first?.goto((await stage.letterTo(last)).link)
      for (const tab of tabs) assert.equal(await signedInAs(tab), last)
      await until('the stream’s end', 30_000, async () => (await openStreams(stage)) <= 1 || undefined)
    })

    it('five tabs that renew at once stay signed in, and share what the first one got', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const { tab, address } = await signIn(stage, browser)
      const tabs = [tab]
      while (tabs.length < 5) tabs.push(await another(stage, browser))
      for (const each of tabs) assert.equal(await signedInAs(each), address)
      const { audit } = stage.services
      let rotations = 0
      stage.services.audit = (event) => {
        if (event.event === 'session.refreshed') rotations++
        audit(event)
      }
      // All five bridges look at once, as after an hour asleep.
      await Promise.all(tabs.map((each) => each.inFrame(`${stage.server}/bridge`, () => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))))
      for (const each of tabs) {
        const token = await each.eval(() => linklatch.getToken())
        assert.match(token ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/)
      }
      stage.services.audit = audit
      assert.ok(rotations < 5, `${rotations} rotations for five tabs`)
      for (const each of tabs) {
        await each.reload()
        assert.equal(await signedInAs(each), address)
      }
    })

    it('two tabs that sign out at once are both signed out, and so is the third', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const { tab } = await signIn(stage, browser)
      const [two, three] = [await another(stage, browser), await another(stage, browser)]
      const leave = (each: Tab) => each.eval(() => linklatch.signOut())
      await Promise.all([leave(tab), leave(two)])
      for (const each of [tab, two, three]) await signedOut(each)
      await three.reload()
      await textOf(three, part.address)
      assert.equal(await sessionsSeen(three), 0)
    })

    it('a waiting tab in the background signs in when the number is typed elsewhere', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const waiting = await browser.newTab()
      const { address, number } = await askForLink(waiting, stage)
      const other = await browser.newTab()
      await other.goto(`${stage.host}/elsewhere`)
      await other.front()
      const phone = await (await device()).newTab()
      await openElsewhere(phone, (await stage.letterTo(address)).link)
      await phone.type('input[name=number]', number)
      await phone.click(choice('there'))
      assert.equal(await signedInAs(waiting), address)
    })

    it('when the tab with the stream closes, another one that waits takes it over', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const first = await browser.newTab()
      // WebKit's driver needs its first tab.
      const leader = await browser.newTab()
      const { address, number } = await askForLink(leader, stage)
      await first.goto(`${stage.host}/`)
      assert.equal(await textOf(first, part.number), number)
      await leader.close()
      const phone = await (await device()).newTab()
      await openElsewhere(phone, (await stage.letterTo(address)).link)
      await phone.type('input[name=number]', number)
      await phone.click(choice('there'))
      assert.equal(await signedInAs(first), address)
    })

    it('a reload goes on waiting, and the code still signs in', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const { address, number } = await askForLink(tab, stage)
      await tab.reload()
      assert.equal(await textOf(tab, part.number), number)
      await tab.type(part.code, (await stage.letterTo(address)).code)
      assert.equal(await signedInAs(tab), address)
    })

    it(`a waiting page that was left and is come back to${thaws[name] ? ' thaws and' : ''} goes on waiting`, limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const tab = await browser.newTab()
      const { address, number } = await askForLink(tab, stage)
      await leaveAndReturn(tab, stage, thaws[name])
      assert.equal(await textOf(tab, part.number), number)
      const phone = await (await device()).newTab()
      await openElsewhere(phone, (await stage.letterTo(address)).link)
      await phone.type('input[name=number]', number)
      await phone.click(choice('there'))
      assert.equal(await signedInAs(tab), address)
    })

    it('a page that is come back to learns that it was signed out meanwhile', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const { tab, address } = await signIn(stage, browser)
      await tab.goto(`${stage.host}/elsewhere`)
      const other = await another(stage, browser)
      assert.equal(await signedInAs(other), address)
      await other.click(part.link)
      await signedOut(other)
      await tab.back()
      await textOf(tab, part.address)
    })
  })
}

/** Leaves for another page of H and comes back; `thawed`: by the same page, which still has what was left in it. */
async function leaveAndReturn(tab: Tab, stage: Stage, thawed: boolean): Promise<void> {
  await tab.eval(() => { document.title = 'left' })
  await tab.goto(`${stage.host}/elsewhere`)
  await tab.back()
  await isReady(tab)
  assert.equal(await tab.eval(() => document.title), thawed ? 'left' : 'The Slow Atlas')
}

async function openStreams(stage: Stage): Promise<number> {
  const text = await (await fetch(`${stage.server}/metrics`)).text()
  return Number(/^linklatch_\w*streams\w* (\d+)/m.exec(text)?.[1])
}
