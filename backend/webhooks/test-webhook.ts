/** The operator tries a site's webhook: an event `webhook.test` goes there at once, past the queue and never a second time. */
import { postPublicly } from '../http/public-request.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { handOver, type HandedOver } from './hand-over.ts'
import { webhookBody } from './webhook-event.ts'

/** @throws {Problem} `not_found` where the site has no webhook */
export async function testWebhook({ store, clock, random, config, audit }: Services, siteId: string): Promise<HandedOver> {
  const webhook = (await store.sites.get(siteId))?.webhook
  if (webhook?.secret === undefined) throw new Problem('not_found')
  const event = webhookBody(siteId, { id: `test-${random.hex(8)}`, at: clock.now(), event: 'webhook.test' })
  const outcome = await handOver({ clock, post: (one) => postPublicly(one, { production: config.production }) }, webhook, event)
  audit({ event: 'webhook.test', siteId, ...(outcome.reason !== undefined && { why: outcome.reason }) })
  return outcome
}
