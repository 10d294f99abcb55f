/** Whole sign-ins in real browsers: the four ways to a session, what outlives a reload, and how it ends. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { everyEngine, inEngine } from './in-engine.ts'
import { askForLink, choice, openElsewhere, part, rung, says, sessionsSeen, signedInAs, signedOut, somebody, textOf, untilIn } from './person.ts'

/** What each engine lets a cross-site frame keep, measured: a change here is worth knowing. */
const expectedRung = { chromium: 'cookie', firefox: 'cookie', webkit: 'key' }

for (const name of everyEngine) {
  inEngine(name, (scene, limits) => {
    it('the link signs in without a press in the browser that asked, and the first tab follows', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const first = await browser.newTab()
      const { address } = await askForLink(first, stage)
      const landing = await browser.newTab()
      await landing.goto((await stage.letterTo(address)).link)
      assert.equal(await signedInAs(landing), address)
      assert.equal(await signedInAs(first), address)
      assert.equal(await landing.eval(() => location.hash), '')
    })

    it(`a session outlives a reload by the rung "${expectedRung[name]}", with no frame that shows the form`, limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const { address } = await askForLink(tab, stage)
      assert.ok((await tab.eval(() => globalThis.seen.drawn)).includes('form'), 'the form is seen where it is drawn')
      await tab.goto((await stage.letterTo(address)).link)
      assert.equal(await signedInAs(tab), address)
      assert.equal(await rung(tab), expectedRung[name])
      await tab.reload()
      assert.equal(await signedInAs(tab), address)
      assert.equal(await rung(tab), expectedRung[name])
      const drawn = await untilIn(tab, 'who is signed in', () => globalThis.seen.drawn.at(-1) === 'signed in' && globalThis.seen.drawn)
      assert.deepEqual(drawn.filter((what) => what === 'form' || what === 'waiting'), [])
    })

    it('the number typed on another device signs the first screen in, and that device stays signed out', limits, async () => {
      const { stage, device } = scene()
      const first = await (await device()).newTab()
      const { address, number } = await askForLink(first, stage)
      const phone = await (await device()).newTab()
      await openElsewhere(phone, (await stage.letterTo(address)).link)
      await phone.type('input[name=number]', number)
      await phone.click(choice('there'))
      assert.equal(await signedInAs(first), address)
      await phone.goto(`${stage.host}/`)
      await textOf(phone, part.address)
      assert.equal(await sessionsSeen(phone), 0)
    })

    it('"sign in here instead" signs in the device that holds the mail, and not the one that asked', limits, async () => {
      const { stage, device } = scene()
      const first = await (await device()).newTab()
      const { address } = await askForLink(first, stage)
      const phone = await (await device()).newTab()
      await openElsewhere(phone, (await stage.letterTo(address)).link)
      await phone.click(choice('here'))
      assert.equal(await signedInAs(phone), address)
      assert.equal(await phone.eval(() => location.origin), stage.host)
      await says(first, /another|other|elsewhere/i)
      assert.equal(await sessionsSeen(first), 0)
    })

    it('the code from the mail, typed on the first screen, signs in', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const { address } = await askForLink(tab, stage)
      await tab.type(part.code, (await stage.letterTo(address)).code)
      assert.equal(await signedInAs(tab), address)
    })

    it('signing out in one tab signs out the other, and a reload stays signed out', limits, async () => {
      const { stage, device } = scene()
      const browser = await device()
      const one = await browser.newTab()
      const { address } = await askForLink(one, stage)
      await one.type(part.code, (await stage.letterTo(address)).code)
      await signedInAs(one)
      const two = await browser.newTab()
      await two.goto(`${stage.host}/`)
      assert.equal(await signedInAs(two), address)
      await two.click(part.link)
      await signedOut(two)
      await signedOut(one)
      await one.reload()
      await textOf(one, part.address)
      assert.equal(await sessionsSeen(one), 0)
    })

    it('another browser is not signed in by what this one did', limits, async () => {
      const { stage, device } = scene()
      const mine = await (await device()).newTab()
      const { address } = await askForLink(mine, stage, somebody())
      await mine.goto((await stage.letterTo(address)).link)
      await signedInAs(mine)
      const theirs = await (await device()).newTab()
      await theirs.goto(`${stage.host}/`)
      await textOf(theirs, part.address)
      assert.equal(await sessionsSeen(theirs), 0)
    })
  })
}
