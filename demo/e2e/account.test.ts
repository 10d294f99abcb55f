/** The account's menu against a real backend: what needs a fresh sign-in, and what reaches another browser. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { systemClock } from '../../backend/clock.ts'
import { freshSeconds } from '../../backend/users/me.ts'
import type { Tab } from './engines.ts'
import { inEngine, matrix } from './in-engine.ts'
import { askForLink, part, sessionsSeen, signedInAs, signedOut, somebody, textOf, untilIn } from './person.ts'
import { startStage } from './stage.ts'
import type { Stage } from './stage.ts'

/** The server's time, which a test sets forward. */
let ahead = 0
const system = systemClock()
const clock = { now: () => system.now() + ahead, wall: () => system.wall() + ahead }

/** The newest mail, once there are `mails` of them. */
async function enterCode(tab: Tab, stage: Stage, address: string, mails: number): Promise<void> {
  await textOf(tab, part.number)
  await stage.letterTo(address, mails - 1)
  await tab.type(part.code, (await stage.letterTo(address)).code)
  assert.equal(await signedInAs(tab), address)
}

/** Opens the menu of this page, which it puts there. */
async function openMenu(tab: Tab): Promise<void> {
  await tab.eval(() => document.body.append(document.createElement('linklatch-user')))
  await tab.click('linklatch-user >>> summary')
  await textOf(tab, 'linklatch-user >>> li')
}

const press = (tab: Tab, name: string): Promise<true> =>
  untilIn(tab, name, (wanted) => {
    const button = [...(document.querySelector('linklatch-user')?.shadowRoot?.querySelectorAll('button') ?? [])].find(({ textContent }) => textContent?.trim() === wanted)
    button?.click()
    return button !== undefined
  }, name)

const complaint = (tab: Tab): Promise<string> =>
  untilIn(tab, 'what went wrong', () => document.querySelector('linklatch-user')?.shadowRoot?.querySelector('[part=error]')?.textContent || undefined)

async function deleteAccount(tab: Tab): Promise<void> {
  await openMenu(tab)
  await press(tab, 'Delete my account')
  await press(tab, 'Delete it')
}

for (const name of matrix) {
  inEngine(name, (scene, limits) => {
    it('an account is deleted after a fresh sign-in, and not after an old one', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const address = somebody()
      await askForLink(tab, stage, address)
      await enterCode(tab, stage, address, 1)
      ahead += freshSeconds + 60
      await tab.reload()
      assert.equal(await signedInAs(tab), address)
      await deleteAccount(tab)
      assert.match(await complaint(tab), /last ten minutes/)
      assert.notEqual(await stage.services.store.users.findByAddress(stage.siteId, address), undefined)

      await press(tab, 'Sign out')
      await signedOut(tab)
      // With the address of last time in the field.
      await tab.reload()
      await tab.click(part.send)
      await enterCode(tab, stage, address, 2)
      await deleteAccount(tab)
      await signedOut(tab)
      assert.equal(await stage.services.store.users.findByAddress(stage.siteId, address), undefined)
    })

    it('whoever takes their data too often hears when to try again', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const address = somebody()
      await askForLink(tab, stage, address)
      await enterCode(tab, stage, address, 1)
      await tab.eval(async (url) => {
        const headers = { authorization: `Bearer ${await linklatch.getToken()}` }
        while ((await fetch(url, { headers })).status === 200);
      }, `${stage.server}/v1/me/export`)
      await openMenu(tab)
      await press(tab, 'Download my data')
      assert.match(await complaint(tab), /too often\. Try again in \d+ (min|sec)/)
    })

    it('"sign out everywhere" ends the session of another browser at once, and nobody else’s', limits, async () => {
      const { stage, device } = scene()
      const [here, there, stranger] = [await (await device()).newTab(), await (await device()).newTab(), await (await device()).newTab()]
      const [address, other] = [somebody(), somebody()]
      for (const [tab, who, mails] of [[here, address, 1], [there, address, 2], [stranger, other, 1]] as const) {
        await askForLink(tab, stage, who)
        await enterCode(tab, stage, who, mails)
      }
      const me = (tab: Tab) => tab.eval(async (url) => (await fetch(url, { headers: { authorization: `Bearer ${await linklatch.getToken()}` } })).status, `${stage.server}/v1/me`)
      assert.equal(await me(there), 200)
      await openMenu(there)
      await openMenu(here)
      await press(here, 'Sign out everywhere')
      await signedOut(here)
      assert.equal(await here.eval(() => document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('input')?.value), '', 'the address is not left for whoever is next')
      assert.equal(await me(there), 401)
      // Whose token would be good for minutes yet.
      await press(there, 'Download my data')
      await signedOut(there)
      await textOf(there, part.send)
      await there.reload()
      await textOf(there, part.send)
      assert.equal(await sessionsSeen(there), 0)
      assert.equal(await me(stranger), 200)
      await stranger.reload()
      assert.equal(await signedInAs(stranger), other)
    })
  }, { stage: () => startStage({ clock }) })
}
