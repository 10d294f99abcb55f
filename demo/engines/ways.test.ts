/** The ways through a sign-in that are not the short one: mistakes, second thoughts, late mails, and ends. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { until } from '../e2e/engine-process.ts'
import type { Tab } from '../e2e/engines.ts'
import { inEngine, matrix } from '../e2e/in-engine.ts'
import { askForLink, choice, openElsewhere, part, says, sessionsSeen, signedInAs, textOf, untilIn } from '../e2e/person.ts'
import { startStage } from '../e2e/stage.ts'

/** A minute and more: a mail is sent again after 30 s at the earliest. */
const pressLink = (tab: Tab, words: string) => until(words, 90_000, async () => {
  const pressed = await tab.eval((text) => {
    const links = [...(document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelectorAll<HTMLElement>('[part=link]') ?? [])]
    const found = links.find((each) => each.textContent?.trim() === text)
    found?.click()
    return found !== undefined
  }, words)
  return pressed || undefined
})

for (const name of matrix) {
  inEngine(name, (scene, limits) => {
    const waiting = async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      return { stage, tab, ...(await askForLink(tab, stage)) }
    }
    const elsewhere = async (link: string) => {
      const phone = await (await scene().device()).newTab()
      await openElsewhere(phone, link)
      return phone
    }

    it('a code typed with spaces signs in, after a wrong one', limits, async () => {
      const { stage, tab, address } = await waiting()
      const { code } = await stage.letterTo(address)
      const digits = code.replace(/\D/g, '')
      await tab.type(part.code, digits === '123456' ? '654321' : '123456')
      await says(tab, /does not fit/)
      await untilIn(tab, 'an empty field', (wrong) => {
        const field = document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector<HTMLInputElement>('input[autocomplete=one-time-code]')
        if (field) field.value = ''
        return field?.value !== wrong
      }, digits)
      await tab.type(part.code, `${digits.slice(0, 3)} ${digits.slice(3)}`)
      assert.equal(await signedInAs(tab), address)
    })

    // Half a minute's wait, so in the whole run alone.
    if (process.env.LINKLATCH_WHOLE) it('after a second mail the first one’s link still signs in', { ...limits, timeout: 240_000 }, async () => {
      const { stage, tab, address } = await waiting()
      await pressLink(tab, 'Send it again')
      const newest = await until('the second mail', 60_000, () => stage.letterTo(address, 1).then(() => stage.letterTo(address), () => undefined))
      const older = await stage.letterTo(address, 1)
      assert.ok(newest.number > older.number)
      await tab.goto(older.link)
      assert.equal(await signedInAs(tab), address)
    })

    it('"use another address" kills the link, and the form is there again', limits, async () => {
      const { stage, tab, address } = await waiting()
      const { link } = await stage.letterTo(address)
      await pressLink(tab, 'Use another address')
      await textOf(tab, part.address)
      const late = await (await scene().device()).newTab()
      await until('the dead link', 30_000, async () => {
        await late.goto(link).catch(() => undefined)
        return (await late.eval(() => document.querySelector('input[name=number]') === null && document.readyState === 'complete')) || undefined
      })
      assert.equal(await sessionsSeen(tab), 0)
    })

    it('"this wasn’t me" ends it on the first screen', limits, async () => {
      const { stage, tab, address } = await waiting()
      const phone = await elsewhere((await stage.letterTo(address)).link)
      await phone.click(choice('reject'))
      await says(tab, /Sign-in refused/)
      assert.equal(await sessionsSeen(tab), 0)
    })

    it('a number typed wrong twice ends it on the first screen', limits, async () => {
      const { stage, tab, address, number } = await waiting()
      const phone = await elsewhere((await stage.letterTo(address)).link)
      const wrong = number === '11' ? '12' : '11'
      await phone.type('input[name=number]', wrong)
      await phone.click(choice('there'))
      await untilIn(phone, 'the second try', () => document.querySelector('[role=alert]') !== null)
      await phone.type('input[name=number]', wrong)
      await phone.click(choice('there'))
      await says(tab, /Sign-in refused/)
      assert.equal(await sessionsSeen(tab), 0)
    })
  })

  inEngine(name, (scene, limits) => {
    it('a link that nobody opened expires on the first screen', limits, async () => {
      const { stage, device } = scene()
      const tab = await (await device()).newTab()
      const { address } = await askForLink(tab, stage)
      const { link } = await stage.letterTo(address)
      await says(tab, /expired/)
      await tab.goto(link).catch(() => undefined)
      await untilIn(tab, 'the dead link page', () => /too old/.test(document.body.textContent))
    })
  }, { stage: () => startStage({ linkTtl: 10 }) })
}
