import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { systemClock } from '../clock.ts'
import { postPublicly } from '../http/public-request.ts'
import { handOver } from './hand-over.ts'

describe('an event that nobody answers', () => {
  it('is told of as docs/webhooks.md says: AbortError', async () => {
    const silent = createServer(() => {})
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
    try {
      const post = (one: Parameters<typeof postPublicly>[0]) => postPublicly(one, { production: false, timeoutMs: 50 })
      assert.deepEqual(await handOver({ clock: systemClock(), post }, { url, secret: 'c2VjcmV0' }, { id: 'evt_1' }), { reason: 'AbortError' })
    } finally {
      silent.close()
      silent.closeAllConnections()
    }
  })
})
