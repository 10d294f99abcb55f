/** A stranger uses up the mails of an address: a browser in which that person has signed in gets its mail all the same (R92). */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { mailBudget } from '../../backend/sign-in/start-sign-in.ts'
import { inEngine, matrix } from './in-engine.ts'
import type { Scene } from './in-engine.ts'
import { askForLink, part, says, signedInAs, untilIn } from './person.ts'

/** WebKitGTK keeps no partitioned cookie, and so no mark. */
for (const name of matrix.filter((each) => each !== 'webkit')) {
  inEngine(name, (scene, limits) => {
    const useUp = async ({ stage: { services } }: Scene, address: string) => {
      const { key, budget, now } = mailBudget(services, services.secrets.pseudonym(address))
      while ((await services.store.counters.take(key, budget, now)).taken);
    }
    const mailsTo = ({ stage }: Scene, address: string) => stage.outbox.letters().filter(({ to }) => to === address).length

    it('signs in and out, is put off, and has the mail at once; a browser that is new waits', limits, async () => {
      const { stage, device } = scene()
      const known = await (await device()).newTab()
      const { address } = await askForLink(known, stage)
      await known.goto((await stage.letterTo(address)).link)
      await signedInAs(known)
      await known.eval(() => globalThis.linklatch.signOut())
      await useUp(scene(), address)

      const fresh = await (await device()).newTab()
      await askForLink(fresh, stage, address)
      await says(fresh, /takes longer than usual/)

      await known.goto(`${stage.host}/`)
      assert.equal(await untilIn(known, 'the address of last time', () => document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('input')?.value), address)
      await known.click(part.send)
      await untilIn(known, 'the mail on its way', () => globalThis.seen.messages.some(({ data }) => data.type === 'delivery' && data.status === 'sent'))
      assert.equal(mailsTo(scene(), address), 2)
      await known.goto((await stage.letterTo(address)).link)
      assert.equal(await signedInAs(known), address)
      await says(fresh, /takes longer than usual/)
    })
  })
}
