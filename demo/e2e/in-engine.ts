/** The same tests in each engine that is to be had; where one is not, they are skipped and say why. */
import { after, before, describe } from 'node:test'
import { launch, whyNot } from './engines.ts'
import type { Engine, EngineName, Device, LaunchOptions } from './engines.ts'
import { startStage } from './stage.ts'
import type { Stage } from './stage.ts'

export const everyEngine: EngineName[] = ['chromium', 'firefox', 'webkit']
export const testLimit = { timeout: 120_000 }

/** All three in a whole run; in the short one, which is part of `npm test`, the one that has to be there (whole sign-ins run in all three there too). */
export const matrix: EngineName[] = process.env.LINKLATCH_WHOLE ? everyEngine : ['chromium']

export type SceneOptions = { launch?: LaunchOptions; stage?: () => Promise<Stage>; /** Besides the engine's own. */ needs?: string[] }

export type Scene = {
  stage: Stage
  /** The browser with its own profile; its windows are one person's. */
  engine: Engine
  /** A browser of somebody else: shares nothing with the others. Ends with the tests of this engine. */
  device(): Promise<Device>
}

/** Chromium has to be there; the others may be missing. */
export function inEngine(name: EngineName, tests: (scene: () => Scene, limits: { timeout: number; skip: string | false }) => void, options: SceneOptions = {}): void {
  const missing = (name === 'chromium' ? undefined : whyNot(name)) ?? whyNotNeeded(options.needs)
  describe([name, options.launch?.setting].filter(Boolean).join(', '), () => {
    let scene: Scene
    let end: (() => Promise<void>) | undefined
    before(async () => {
      if (missing !== undefined) return
      const stage = await (options.stage ?? startStage)()
      const engine = await launch(name, options.launch).catch(async (error: unknown) => {
        await stage.stop()
        throw error
      })
      const devices = keepDevices(engine)
      scene = { stage, engine, device: devices.another }
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

const whyNotNeeded = (variables: string[] = []): string | undefined => {
  const absent = variables.filter((variable) => !process.env[variable])
  return absent.length > 0 ? `no ${absent.map((variable) => variable.replace('_PATH', '').toLowerCase()).join(', ')} here` : undefined
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
