/** A whole backend as production runs it, on the settings of its environment, with a site to sign in to. */
import { readConfig } from '../config.ts'
import { chooseDelivery } from '../delivery/choose-delivery.ts'
import { outboxDelivery } from '../delivery/outbox.ts'
import { startBackend } from '../main.ts'
import { createSite } from '../sites/manage-sites.ts'
import { answerParent } from './child.ts'
import { waitingSignIn } from './people.ts'
import type { Host } from './requests.ts'
import { usage, watchBlocks } from './usage.ts'

export type Opened = Host & { port: number; startSeconds: number }

const hostOrigin = 'https://shop.example'
const startedAt = performance.now()
const config = readConfig(process.env)
const backend = await startBackend({ config, delivery: await chooseDelivery(config, outboxDelivery()), assetsDirectory: process.env.BENCH_ASSETS ?? '' })
const startSeconds = (performance.now() - startedAt) / 1000
const { services, publicUrl, port } = backend
const [found] = await services.store.sites.list()
const site = found ?? (await createSite(services, { name: 'Shop', origins: [hostOrigin], landing_urls: [`${hostOrigin}/account`] }))

/** Sign-ins that wait, without a mail. */
async function makeWaiting({ count }: { count: number }): Promise<string[]> {
  const signIns = Array.from({ length: count }, (_, index) => waitingSignIn(site.id, `waiting-${index}@example.org`, services.clock.now()))
  for (let from = 0; from < count; from += 500) await Promise.all(signIns.slice(from, from + 500).map((signIn) => services.store.signIns.insert(signIn)))
  return signIns.map(({ id }) => id)
}

/** One after another, and when each was asked for. */
async function approve({ ids, perSecond }: { ids: string[]; perSecond: number }): Promise<number[]> {
  const askedAt: number[] = []
  for (const id of ids) {
    askedAt.push(Date.now())
    const done = services.store.signIns.change(id, (signIn) => ({ ...(signIn && { next: { ...signIn, state: 'approved' as const } }), result: undefined }))
    await Promise.all([done, new Promise((resolve) => setTimeout(resolve, 1000 / perSecond))])
  }
  return askedAt
}

answerParent(
  {
    opened: (): Opened => ({ port, startSeconds, publicUrl, hostOrigin, siteId: site.id }),
    usage,
    watchBlocks,
    makeWaiting,
    approve,
    collectGarbage: () => globalThis.gc?.(),
  },
  () => backend.stop(),
)
