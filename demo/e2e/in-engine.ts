/** The same tests in each engine that is to be had; where one is not, they are skipped and say why. */
import { after, before, describe } from 'node:test'
import { launch, whyNot } from './engines.ts'
import type { Engine, EngineName, Device } from './engines.ts'
import { startStage } from './stage.ts'
import type { Stage } from './stage.ts'

export const everyEngine: EngineName[] = ['chromium', 'firefox', 'webkit']
export const testLimit = { timeout: 120_000 }

export type Scene = {
  stage: Stage
  /** A browser of somebody else: shares nothing with the others. Ends with the tests of this engine. */
  device(): Promise<Device>
}

/** Chromium has to be there; the others may be missing. */
export function inEngine(name: EngineName, tests: (scene: () => Scene, limits: { timeout: number; skip: string | false }) => void): void {
  const missing = name === 'chromium' ? undefined : whyNot(name)
  describe(name, () => {
    let scene: Scene
    let end: (() => Promise<void>) | undefined
    before(async () => {
      if (missing !== undefined) return
      const stage = await startStage()
      const engine = await launch(name).catch(async (error: unknown) => {
        await stage.stop()
        throw error
      })
      const devices = keepDevices(engine)
      scene = { stage, device: devices.another }
      end = async () => {
        await devices.close()
        await stage.stop()
      }
    }, testLimit)
    after(() => end?.(), testLimit)
    // Each test is skipped on its own, so that it is counted.
    tests(() => scene, { ...testLimit, skip: missing ?? false })
  })
}

function keepDevices(engine: Engine) {
  const devices: Device[] = []
  return {
    async another(): Promise<Device> {
      const device = await engine.newDevice()
      devices.push(device)
      return device
    },
    async close(): Promise<void> {
      for (const device of devices) await device.close().catch(() => undefined)
      await engine.close()
    },
  }
}
