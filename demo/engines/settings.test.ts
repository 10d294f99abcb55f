/** What people set in their browsers, and what survives a restart: the session's rung by name. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { scratchFolder } from '../e2e/engine-process.ts'
import { launch, whyNot } from '../e2e/engines.ts'
import type { EngineName, Setting } from '../e2e/engines.ts'
import { inEngine, matrix, testLimit } from '../e2e/in-engine.ts'
import { askForLink, choice, openElsewhere, part, rung, says, sessionsSeen, signedInAs, textOf } from '../e2e/person.ts'
import { startStage } from '../e2e/stage.ts'

/** Measured: a change is worth knowing. WebKitGTK has no such switch but tracking prevention, and no private window under a driver. */
const rungs: Record<EngineName, Partial<Record<Setting, 'cookie' | 'key' | 'memory'>>> = {
  chromium: { private: 'cookie', 'third-party-blocked': 'cookie', 'all-blocked': 'memory' },
  firefox: { private: 'cookie', 'third-party-blocked': 'cookie', 'all-blocked': 'memory' },
  webkit: { 'third-party-blocked': 'key' },
}

for (const name of matrix) {
  for (const [setting, expected] of Object.entries(rungs[name]) as [Setting, string][]) {
    inEngine(name, (scene, limits) => {
      const window = async () => (setting === 'private' && name === 'chromium' ? scene().device() : scene().engine)

      it(`the code signs in by the rung "${expected}"${expected === 'memory' ? ', which is said aloud, and a reload ends it' : ', and a reload keeps it'}`, limits, async () => {
        const { stage } = scene()
        const tab = await (await window()).newTab()
        const { address } = await askForLink(tab, stage)
        await tab.type(part.code, (await stage.letterTo(address)).code)
        assert.equal(await signedInAs(tab), address)
        assert.equal(await rung(tab), expected)
        if (expected === 'memory') await says(tab, /cannot keep you signed in/)
        await tab.reload()
        if (expected !== 'memory') return assert.equal(await signedInAs(tab), address)
        await textOf(tab, part.address)
        assert.equal(await sessionsSeen(tab), 0)
      })

      it('the number typed on another device signs in too', limits, async () => {
        const { stage, device } = scene()
        const first = await (await device()).newTab()
        const { address, number } = await askForLink(first, stage)
        const phone = await (await device()).newTab()
        await openElsewhere(phone, (await stage.letterTo(address)).link)
        await phone.type('input[name=number]', number)
        await phone.click(choice('there'))
        assert.equal(await signedInAs(first), address)
        assert.equal(await rung(first), expected)
      })
    }, { launch: { setting } })
  }
}

for (const name of matrix.filter((each) => each !== 'webkit')) {
  describe(`${name}, started again with the same profile`, () => {
    it('is still signed in, and signed out after a sign-out', { ...testLimit, timeout: 240_000, skip: whyNot(name) ?? false }, async () => {
      const stage = await startStage()
      const profile = scratchFolder(`profile-${name}`)
      const visit = async () => {
        const engine = await launch(name, { profile: profile.path })
        return { engine, tab: await engine.newTab() }
      }
      try {
        const before = await visit()
        const { address } = await askForLink(before.tab, stage)
        await before.tab.type(part.code, (await stage.letterTo(address)).code)
        assert.equal(await signedInAs(before.tab), address)
        await before.engine.close()
        const after = await visit()
        await after.tab.goto(`${stage.host}/`)
        assert.equal(await signedInAs(after.tab), address)
        assert.equal(await rung(after.tab), 'cookie')
        await after.tab.click(part.link)
        await textOf(after.tab, part.address)
        await after.engine.close()
      } finally {
        await stage.stop()
        profile.remove()
      }
    })
  })
}
