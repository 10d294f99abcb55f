/** Every way in which a page may fail to hold the bridge: the element says which one it is, and nothing works by accident. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { it } from 'node:test'
import { inEngine, matrix } from '../e2e/in-engine.ts'
import { failedWith, isReady, part, untilIn } from '../e2e/person.ts'
import { answer, freePort, listen } from '../e2e/stage.ts'

for (const name of matrix) {
  inEngine(name, (scene, limits) => {
    const open = async (wish: Record<string, string>, host = scene().stage.host) => {
      const tab = await scene().engine.newTab()
      await tab.goto(`${host}/?${new URLSearchParams(wish)}`)
      return tab
    }

    it('an unlisted origin is named by its code, and gets no bridge', limits, async () => {
      const { stage } = scene()
      const other = createServer((request, response) => answer(request, response, stage.server))
      const tab = await open({}, await listen(other))
      await failedWith(tab, 'origin_not_allowed')
      assert.deepEqual(await tab.eval(() => globalThis.seen.messages.filter(({ data }) => data.type === 'ready')), [])
      other.closeAllConnections()
      other.close()
      await once(other, 'close')
    })

    it('a site that the origin does not belong to is named by its code', limits, async () => {
      await failedWith(await open({ site: 'nosuchsite' }), 'origin_not_allowed')
    })

    it('a policy without frame-src is named by its code, and its neighbour with it works', limits, async () => {
      const { server } = scene().stage
      const others = `default-src 'none'; script-src 'unsafe-inline' ${server}; connect-src ${server}`
      await failedWith(await open({ csp: others }), 'frame_blocked')
      const tab = await open({ csp: `${others}; frame-src ${server}` })
      await untilIn(tab, 'the bridge', () => globalThis.seen.messages.some(({ data }) => data.type === 'ready'))
      await isReady(tab)
    })

    it('a policy without connect-src is named by its code, when a link is asked for', limits, async () => {
      const { server } = scene().stage
      const tab = await open({ csp: `default-src 'none'; script-src 'unsafe-inline' ${server}; frame-src ${server}` })
      await tab.type(part.address, 'ann@example.org')
      await tab.click(part.send)
      await failedWith(tab, 'connect_blocked')
    })

    it('a server that is down is named by its code', limits, async () => {
      const down = `http://localhost:${await freePort()}`
      const tab = await open({ server: down })
      await failedWith(tab, 'server_unreachable')
    })

    it('the bridge is not shown at the top level', limits, async () => {
      const { stage, engine } = scene()
      const tab = await engine.newTab()
      await tab.goto(`${stage.server}/bridge?origin=${encodeURIComponent(stage.host)}`).catch(() => undefined)
      await untilIn(tab, 'the refusal', () => document.readyState === 'complete')
      assert.equal(await tab.eval(() => document.querySelector('script')), null)
    })

    for (const [sandbox, lives] of [['allow-scripts', false], ['allow-scripts allow-same-origin', true]] as const) {
      it(`a frame of the bridge with sandbox="${sandbox}" ${lives ? 'lives' : 'says nothing'}`, limits, async () => {
        const { stage } = scene()
        const bridge = `${stage.server}/bridge?origin=${encodeURIComponent(stage.host)}`
        const tab = await open({ bridge, sandbox })
        const alive = untilIn(tab, 'the bridge', () => globalThis.seen.messages.some(({ data }) => data.type === 'ready'))
        if (lives) return void (await alive)
        alive.catch(() => undefined)
        // A frame of its own that is allowed, on the same page, is heard: by then this one would have been too.
        await tab.eval((src) => {
          const neighbour = document.createElement('iframe')
          neighbour.src = src
          neighbour.name = 'neighbour'
          document.body.append(neighbour)
        }, bridge)
        await alive
        assert.equal(await tab.eval(() => globalThis.seen.messages.filter(({ data }) => data.type === 'ready').length), 1)
      })
    }
  })
}
