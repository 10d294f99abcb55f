import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { adminToken, publicUrl, testBackend } from './testing/backend.ts'

describe('the command', () => {
  for (const words of [['events'], ['events', '--newest']])
    it(`ends quietly when nobody reads on, as under head: ${words.join(' ')}`, async () => {
      const backend = await testBackend()
      const env = { ...process.env, PORT: String(backend.port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken }
      try {
        for (let number = 0; number < 300; number += 1) backend.services.audit({ event: 'site.changed', siteId: backend.site.id })
        await backend.services.store.events.flush()
        const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
        const said: string[] = []
        child.stderr.on('data', (text: Buffer) => said.push(text.toString()))
        const ended = once(child, 'exit')
        await once(child.stdout, 'data')
        child.stdout.destroy()
        assert.deepEqual([(await ended)[0], said.join('')], [0, ''])
      } finally {
        await backend.dispose()
      }
    })
})
