import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
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

  for (const [what, other] of [
    ['lets go of every connection at once', createServer((socket) => socket.destroy())],
    ['takes connections and never answers', createServer(() => {})],
    ['answers everything with a page', createHttpServer((_, response) => response.end('<p>Welcome</p>'))],
  ] as const)
    it(`reports no success where another server on the port ${what}`, async () => {
      const backend = await testBackend()
      await once(other.listen(0, '127.0.0.1'), 'listening')
      const env = { ...process.env, PORT: String((other.address() as AddressInfo).port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken }
      try {
        const run = async (words: string[], said: RegExp) => {
          const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
          const [out, [code]] = await Promise.all([Promise.all([text(child.stdout), text(child.stderr)]), once(child, 'exit')])
          assert.equal(code, 1)
          assert.match(out.join(''), said)
        }
        await run(['users', 'block', 'anna@example.com'], /^linklatch: a process has this data directory open, but no backend answers at http/)
        await run(['doctor'], /^fail {2}a backend holds the data directory, but does not answer at http/m)
      } finally {
        other.close()
        await backend.dispose()
      }
    })

  for (const [words, said] of [
    [['keys', 'rotate', 'now'], 'keys takes list, rotate, new; linklatch --help shows them'],
    [['keys', 'rotate', '--site', 'x'], 'keys rotate takes no --site; linklatch --help shows what it takes'],
    [['users', 'remove', 'anna@example.com', '--mail'], 'users remove takes no --mail; linklatch --help shows what it takes'],
    [['--newest'], 'serve takes no --newest; linklatch --help shows what it takes'],
  ] as const)
    it(`passes over nothing that was typed: ${words.join(' ')}`, async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), ...words], { env: { ...process.env, LINKLATCH_DATA_DIR: '/nonexistent' }, stdio: ['ignore', 'pipe', 'pipe'] })
      const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
      assert.deepEqual([code, complaint], [1, `linklatch: ${said}\n`])
    })
})
