/** Somebody else starts the sign-in: nobody gets in by that (security, "the threat that shapes the design"). Machines are in `../scanners/`. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { inEngine } from './in-engine.ts'
import type { Scene } from './in-engine.ts'
import { askForLink, choice, openElsewhere, part, says, sessionsSeen, signedInAs, textOf, untilIn } from './person.ts'

inEngine('chromium', (scene, limits) => {
  const stateOf = async ({ stage }: Scene, address: string) => {
    const found = await stage.services.store.signIns.list(stage.siteId, { limit: 100 })
    return found.find((signIn) => signIn.address === address)?.state
  }

  it('a number typed wrong twice rejects the sign-in, and the first screen says so at once and offers a new link', limits, async () => {
    const { stage, device } = scene()
    const first = await (await device()).newTab()
    const { address, number } = await askForLink(first, stage)
    const wrong = number === '11' ? '12' : '11'
    const phone = await (await device()).newTab()
    await openElsewhere(phone, (await stage.letterTo(address)).link)
    await phone.type('input[name=number]', wrong)
    await phone.click(choice('there'))
    await untilIn(phone, 'the second try', () => document.querySelector('[role=alert]') !== null)
    assert.equal(await stateOf(scene(), address), 'pending')
    await phone.type('input[name=number]', wrong)
    await phone.click(choice('there'))
    await says(first, /reject|stopped|refused|wrong/i)
    assert.equal(await stateOf(scene(), address), 'rejected')
    await first.click(part.send)
    await textOf(first, part.number)
    assert.equal(stage.outbox.letters().filter(({ to }) => to === address).length, 2)
  })

  it('"this wasn’t me" ends the sign-in on the first screen', limits, async () => {
    const { stage, device } = scene()
    const first = await (await device()).newTab()
    const { address } = await askForLink(first, stage)
    const phone = await (await device()).newTab()
    await openElsewhere(phone, (await stage.letterTo(address)).link)
    await phone.click(choice('reject'))
    await says(first, /reject|stopped|refused|wasn|not you/i)
    assert.equal(await sessionsSeen(first), 0)
    assert.equal(await stateOf(scene(), address), 'rejected')
  })

  it('a link that was used says so, and signs nobody in', limits, async () => {
    const { stage, device } = scene()
    const first = await (await device()).newTab()
    const { address } = await askForLink(first, stage)
    const { link } = await stage.letterTo(address)
    await first.goto(link)
    await signedInAs(first)
    const late = await (await device()).newTab()
    await late.goto(link).catch(() => undefined)
    await untilIn(late, 'the dead link page', (server) => location.origin === server && /used|done|already/i.test(document.body.textContent), stage.server)
  })
})
