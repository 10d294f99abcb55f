/**
 * The scanner zoo in a real browser: scanners that run scripts, against the built product. `npm run test:scanners` tries every
 * order of presses; the short run, within `npm test`, one of each beginning.
 */
import assert from 'node:assert/strict'
import { afterEach, it } from 'node:test'
import type { Device } from '../e2e/engines.ts'
import { inEngine } from '../e2e/in-engine.ts'
import { askForLink, choice, openElsewhere, part, says, sessionsSeen, signedInAs, textOf, untilIn } from '../e2e/person.ts'
import { choices, crawl, ordersOf, pressEverything, submitForms } from './crawler.ts'

const all = process.env.LINKLATCH_WHOLE === '1'
const typings: [what: string, typed: string][] = [['nothing', ''], ['a wrong number', 'wrong'], ['words', 'yes']]
/** Each order of presses with each way to fill the field; in the short run each beginning once, each with another way. */
const rounds = ordersOf(choices).flatMap((order, nth) => typings.filter((_, typing) => all || nth === typing * 2).map(([what, typed]) => ({ order, what, typed })))

inEngine('chromium', (scene, limits) => {
  const used: Device[] = []
  const newTab = async () => {
    const device = await scene().device()
    used.push(device)
    return device.newTab()
  }
  // Waiting screens draw and listen: what is left open slows the next test.
  afterEach(() => Promise.all(used.splice(0).map((device) => device.close().catch(() => undefined))))
  const asked = async () => {
    const { stage } = scene()
    const first = await newTab()
    const { address, number } = await askForLink(first, stage)
    const { link } = await stage.letterTo(address)
    return { first, address, number, link, scanner: await newTab() }
  }
  const signInOf = async (address: string) => (await scene().stage.services.store.signIns.list(scene().stage.siteId, { limit: 1000 })).find((signIn) => signIn.address === address)
  const wrong = (number: string) => (number === '11' ? '12' : '11')

  it('opening the link with scripts on, any number of times, changes nothing: it still signs the asking browser in', limits, async () => {
    const { first, address, link, scanner } = await asked()
    for (let visit = 0; visit < 3; visit++) await openElsewhere(scanner, link)
    assert.equal((await signInOf(address))?.state, 'pending')
    await first.goto(link)
    assert.equal(await signedInAs(first), address)
  })

  it('submitting every form without a button changes nothing', limits, async () => {
    const { first, address, link, scanner } = await asked()
    await openElsewhere(scanner, link)
    await submitForms(scanner)
    const { state, numberTriesLeft } = (await signInOf(address)) ?? {}
    assert.deepEqual([state, numberTriesLeft], ['pending', 2])
    await first.goto(link)
    assert.equal(await signedInAs(first), address)
  })

  it('pressing “there” with nothing typed changes nothing, and the number still works', limits, async () => {
    const { first, address, number, link, scanner } = await asked()
    await crawl(scanner, link, ['there', 'there', 'there'], '')
    assert.equal((await signInOf(address))?.numberTriesLeft, 2)
    await openElsewhere(scanner, link)
    await scanner.type('input[name=number]', number)
    await scanner.click(choice('there'))
    assert.equal(await signedInAs(first), address)
  })

  for (const { order, what, typed } of rounds) {
    it(`typing ${what} and pressing ${order.join(', then ')} never signs the asking browser in; it is told at once and may ask again`, limits, async () => {
      const { first, address, number, link, scanner } = await asked()
      await crawl(scanner, link, order, typed === 'wrong' ? wrong(number) : typed)
      const { state, completed } = (await signInOf(address)) ?? {}
      const ends = order.find((each) => each !== 'there')
      assert.equal(state, ends === 'here' ? 'moved' : 'rejected')
      // The press "here" is the one press that may give the scanner's own browser a session.
      assert.ok(completed === undefined || completed.by === 'handoff')
      await says(first, state === 'moved' ? /elsewhere/i : /refused|stopped/i)
      assert.equal(await sessionsSeen(first), 0)
      await first.click(part.send)
      await textOf(first, part.number)
    })
  }

  it('pressing everything on the landing page it is led to, before and after “here”, never signs the asking browser in', limits, async () => {
    const { first, address, link, scanner } = await asked()
    await scanner.goto(`${scene().stage.host}/`)
    await pressEverything(scanner)
    await openElsewhere(scanner, link)
    await scanner.click(choice('here'))
    assert.equal(await signedInAs(scanner), address)
    await pressEverything(scanner)
    await says(first, /elsewhere/i)
    assert.equal(await sessionsSeen(first), 0)
  })

  it('a link that has been used signs no scanner in, and says so', limits, async () => {
    const { first, address, link, scanner } = await asked()
    await first.goto(link)
    assert.equal(await signedInAs(first), address)
    await crawl(scanner, link, choices, '')
    await untilIn(scanner, 'the dead link page', () => /already signed in with it/.test(document.body.textContent))
    assert.equal((await signInOf(address))?.completed?.by, 'arrival')
  })
})
