/** A site that mails no link: the form speaks of codes from the first word to the last, over a reload too, and the code signs in. */
import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import { changeSite } from '../../backend/sites/manage-sites.ts'
import { until } from './engine-process.ts'
import { inEngine } from './in-engine.ts'
import { part, says, signedInAs, somebody, textOf, untilIn } from './person.ts'
import { startStage } from './stage.ts'

inEngine('chromium', (scene, limits) => {
  before(async () => {
    const { stage } = scene()
    await changeSite(stage.services, stage.siteId, { code_only: true })
  })
  const wrong = (code: string, by: number) => String((Number(code.replace(/\D/g, '')) + 1 + by) % 1_000_000).padStart(6, '0')

  it('a person signs in by the code, the page reloaded in between, after a code that was wrong five times', limits, async () => {
    const { stage, device } = scene()
    const tab = await (await device()).newTab()
    const address = somebody()
    const speakOfCodes = () => untilIn(tab, 'the element', () => document.querySelector('linklatch-sign-in')?.toggleAttribute('code-only', true))
    await tab.goto(`${stage.host}/`)
    await speakOfCodes()
    await says(tab, /We e-mail you a code\. No password needed\./)
    await tab.type(part.address, address)
    await tab.click(part.send)
    await says(tab, /We sent a code to.*Type the six-digit code here/s)
    const { code, link, text } = await stage.letterTo(address)
    assert.equal(link, '')
    assert.doesNotMatch(text, /https?:/)

    // What A said of this sign-in is kept with it: the page does not say it this time.
    await tab.goto(`${stage.host}/`)
    const shown = await says(tab, /We sent a code to.*Type the six-digit code here/s)
    assert.doesNotMatch(shown, /a link|the link\./)

    const [signIn] = await stage.services.store.signIns.list(stage.siteId, { limit: 1 })
    for (let left = 4; left >= 0; left -= 1) {
      await tab.eval(() => document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('input')?.setRangeText('', 0, 9))
      await tab.type(part.code, wrong(code, left))
      await until('a try less', 30_000, async () => (await stage.services.store.signIns.get(signIn?.id ?? ''))?.codeTriesLeft === left || undefined)
      if (left > 0) await says(tab, /That code does not fit\. Check the digits\./)
    }
    await says(tab, /A wrong code was typed five times\./)
    assert.equal(await textOf(tab, part.send), 'Send a new code')
    await tab.click(part.send)
    await stage.letterTo(address, 1)
    const { code: next } = await stage.letterTo(address)
    await says(tab, /We sent a code to/)
    await tab.type(part.code, next)
    assert.equal(await signedInAs(tab), address)
  })
}, { stage: () => startStage({ landing: false }) })
