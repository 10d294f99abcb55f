import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readConfig } from '../config.ts'
import { adminToken, publicUrl, testBackend } from '../testing/backend.ts'
import { openAdminClient, runningUrl } from './admin-client.ts'
import { eventCommands } from './cli-events.ts'
import { siteCommands } from './cli-sites.ts'
import { userCommands } from './cli-users.ts'
import type { Values } from './command.ts'

const tables = { sites: siteCommands, users: userCommands, events: eventCommands }

/** Runs `linklatch TOPIC VERB …`, and gives what it prints. */
async function linklatch(env: Record<string, string>, assets: string, topic: keyof typeof tables, verb: string, args: string[] = [], values: Values = {}): Promise<string> {
  const admin = await openAdminClient(readConfig(env), assets)
  const lines: string[] = []
  try {
    const command = tables[topic].find((each) => each.verb === verb)
    await command?.run({ admin, args, values, print: (text) => void lines.push(text) })
  } finally {
    await admin.close()
  }
  return lines.join('\n')
}

describe('the commands', () => {
  for (const running of [true, false]) {
    it(`do the same ${running ? 'through the running backend' : 'in the data directory while none runs'}`, async () => {
      const backend = await testBackend()
      if (!running) await backend.stop()
      const env = { PORT: String(backend.port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data'), ...(running && { LINKLATCH_ADMIN_TOKEN: adminToken }) }
      const run = (...words: Parameters<typeof linklatch> extends [unknown, unknown, ...infer Rest] ? Rest : never) => linklatch(env, join(backend.directory, 'assets'), ...words)
      try {
        assert.match(await run('sites', 'list'), new RegExp(`^${backend.site.id}  Shop  https://shop.example$`))
        assert.match(await run('users', 'invite', ['Anna@Example.com']), /^Invited Anna@Example.com \([\w-]{22}\)\.$/)
        assert.match(await run('users', 'list'), /anna@example\.com {2}never signed in {2}invited$/)
        await run('users', 'block', ['anna@example.com'])
        assert.match(await run('users', 'list', [], { search: 'ANNA' }), /invited {2}blocked$/)
        await run('users', 'unblock', ['anna@example.com'])
        assert.equal(await run('users', 'move', ['anna@example.com', 'anne@example.com']), 'anna@example.com signs in as anne@example.com from now on.')
        await assert.rejects(run('users', 'revoke', ['anna@example.com']), /nobody at this site has the address/)
        await run('users', 'move', ['anne@example.com', 'anna@example.com'])
        await run('users', 'revoke', ['anna@example.com'])
        assert.equal((JSON.parse(await run('users', 'export', ['anna@example.com'])) as { user: { email: string } }).user.email, 'anna@example.com')
        await run('users', 'remove', ['anna@example.com'])
        assert.equal(await run('users', 'list'), '')
        await assert.rejects(run('users', 'block', ['anna@example.com']), /nobody at this site has the address/)
        await assert.rejects(run('users', 'block', ['nosuch']), /there is no site "[0-9a-f]+", or nobody there has the id "nosuch"/)
        await assert.rejects(run('users', 'list', [], { site: 'no/such' }), /there is no site "no\/such": linklatch sites list shows the sites$/)
        await run('sites', 'change', [backend.site.id], { mode: 'invite', 'link-ttl': '60' })
        assert.match(await run('sites', 'show', [backend.site.id]), /"mode": "invite"[^]*"link_ttl": 60[^]*<linklatch-sign-in/)
        assert.match(await run('sites', 'add', [], { name: 'News', origin: ['https://news.example'] }), /integrity="sha384-/)
        await assert.rejects(run('sites', 'add', [], { name: 'News', origin: ['https://news.example/path'] }), /^Refused: origins\.0 is not an origin/)
        await assert.rejects(run('sites', 'change', [backend.site.id], { mode: 'closed' }), /^Refused: mode is none of the values that it takes$/)
        await assert.rejects(run('sites', 'webhook-test', [backend.site.id]), /, or it has no webhook/)
        const hook = createServer((_, response) => response.writeHead(204).end())
        await once(hook.listen(0, '127.0.0.1'), 'listening')
        const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`
        assert.match(await run('sites', 'change', [backend.site.id], { webhook: url }), /shown this once: whsec_/)
        assert.equal(await run('sites', 'webhook-test', [backend.site.id]), 'Taken.')
        hook.close()
        hook.closeAllConnections()
        await assert.rejects(run('sites', 'webhook-test', [backend.site.id]), /the webhook did not take it: ECONNREFUSED/)
        await assert.rejects(run('users', 'list'), /several sites: say which with --site/)
        const events = await run('events', '', [], { site: backend.site.id })
        for (const name of ['site.created', 'user.invited', 'user.blocked', 'user.erased', 'site.changed']) assert.match(events, new RegExp(`Z  ${name.replace('.', '\\.')}  `))
        const [first = ''] = events.split('  ')
        assert.doesNotMatch(await run('events', '', [], { site: backend.site.id, after: first }), /site\.created/)
        const lines = events.split('\n')
        assert.deepEqual((await run('events', '', [], { site: backend.site.id, newest: true })).split('\n'), lines.toReversed())
        const erased = /user=(\S+)/.exec(lines.find((line) => line.includes('user.erased')) ?? '')?.[1] ?? ''
        const about = lines.filter((line) => line.includes(`user=${erased}`))
        assert.ok(about.length > 1 && about.length < lines.length)
        assert.deepEqual((await run('events', '', [], { site: backend.site.id, about: erased })).split('\n'), about)
        assert.deepEqual((await run('events', '', [], { site: backend.site.id, about: erased, newest: true, after: about[1]?.split('  ')[0] ?? '' })).split('\n'), about.slice(0, 1))
        assert.equal(await run('events', '', [], { site: backend.site.id, about: 'nobody' }), '')
        await assert.rejects(run('events', '', [], { site: backend.site.id, about: 'ann@shop.example' }), /about is not of the form that it takes/)
      } finally {
        await backend.dispose()
      }
    })
  }

  it('name people by phone as they do by address', async () => {
    const backend = await testBackend({ env: { LINKLATCH_SMS_URL: 'twilio://AC1:token@+15550100200' } })
    const env = { PORT: String(backend.port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken }
    const run = (verb: string, ...args: string[]) => linklatch(env, join(backend.directory, 'assets'), 'users', verb, args)
    try {
      await run('invite', '+4915112345678')
      await run('block', '+49 151 1234-5678')
      assert.match(await run('list'), /\+4915112345678 {2}never signed in {2}invited {2}blocked$/)
      await assert.rejects(run('block', '+4915112345679'), /nobody at this site has the address \+4915112345679/)
      await assert.rejects(run('block', '+49'), /not an address/)
    } finally {
      await backend.dispose()
    }
  })

  it('say that somebody is invited where only the mail was too many', async () => {
    const backend = await testBackend({ env: { LINKLATCH_LIMITS: 'start.address=1/600' } })
    const env = { PORT: String(backend.port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken }
    const invite = () => linklatch(env, join(backend.directory, 'assets'), 'users', 'invite', ['anna@example.com'], { mail: true })
    try {
      await invite()
      await assert.rejects(invite(), /^Error: anna@example\.com is invited, but no mail went out: too many went to this address lately; run it again in \d+ s$/)
    } finally {
      await backend.dispose()
    }
  })

  it('say what is missing where a backend runs: the token, or where it is', async () => {
    const backend = await testBackend()
    const env = { PORT: String(backend.port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data') }
    const assets = join(backend.directory, 'assets')
    try {
      await assert.rejects(linklatch(env, assets, 'sites', 'list'), /set the same LINKLATCH_ADMIN_TOKEN/)
      await assert.rejects(linklatch({ ...env, LINKLATCH_ADMIN_TOKEN: 'another-token-0123456789-abcdefghij' }, assets, 'sites', 'list'), /refused the token/)
      await assert.rejects(linklatch({ ...env, LINKLATCH_ADMIN_TOKEN: adminToken, PORT: '1' }, assets, 'sites', 'list'), /HOST and PORT have to be the same/)
    } finally {
      await backend.dispose()
    }
  })

  it('wait for each other where no backend runs, and for one that ends', async () => {
    const backend = await testBackend()
    const env = { PORT: String(backend.port), LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken }
    const invite = (name: string) => linklatch(env, join(backend.directory, 'assets'), 'users', 'invite', [`${name}@example.com`])
    try {
      const stopped = backend.stop()
      for (const said of await Promise.all([stopped.then(() => 'Invited'), ...['anna', 'bert', 'carl'].map(invite)])) assert.match(said, /^Invited/)
    } finally {
      await backend.dispose()
    }
  })

  it('let go of the data directory, so that the next one has it', async () => {
    const backend = await testBackend()
    await backend.stop()
    const env = { LINKLATCH_DATA_DIR: join(backend.directory, 'data') }
    for (let times = 0; times < 3; times += 1) assert.match(await linklatch(env, join(backend.directory, 'assets'), 'sites', 'list'), /Shop/)
    await backend.dispose()
  })

  it('make neither a store nor keys where a backend has made none', async () => {
    const backend = await testBackend()
    await backend.stop()
    const list = (env: Record<string, string>) => linklatch(env, join(backend.directory, 'assets'), 'sites', 'list')
    const elsewhere = join(backend.directory, 'elsewhere')
    const data = join(backend.directory, 'data')
    try {
      await assert.rejects(list({ LINKLATCH_DATA_DIR: elsewhere }), /^Error: there is no store in .*elsewhere: set LINKLATCH_DATA_DIR to the backend’s, or start the backend once$/)
      await assert.rejects(list({ LINKLATCH_DATA_DIR: data, LINKLATCH_KEYS_DIR: elsewhere }), /^Error: there are no keys in .*elsewhere: set .*LINKLATCH_KEYS_DIR/)
      await assert.rejects(list({ LINKLATCH_DATA_DIR: elsewhere, LINKLATCH_STORE_URL: 'redis://127.0.0.1:1' }), /^Error: there are no keys in .*elsewhere/)
      assert.equal(existsSync(elsewhere), false)
    } finally {
      await backend.dispose()
    }
  })

  it('as root leave another user’s store alone, and speak to the backend that has it open', { skip: process.geteuid?.() !== 0 && 'only root may give files away' }, async () => {
    const backend = await testBackend()
    const env = { PORT: String(backend.port), LINKLATCH_PUBLIC_URL: publicUrl, LINKLATCH_DATA_DIR: join(backend.directory, 'data'), LINKLATCH_ADMIN_TOKEN: adminToken }
    const list = () => linklatch(env, join(backend.directory, 'assets'), 'sites', 'list')
    const store = join(env.LINKLATCH_DATA_DIR, 'store')
    try {
      await chown(store, 4_000_000, 4_000_000)
      assert.match(await list(), /Shop/)
      await backend.stop()
      const before = await readdir(store)
      await assert.rejects(list(), /store belongs to #4000000, and this command runs as root: run it as that user \(sudo -u '#4000000' …\)/)
      assert.deepEqual(await readdir(store), before)
    } finally {
      await backend.dispose()
    }
  })

  it('find a backend that listens everywhere on this machine', () => {
    assert.equal(runningUrl({ host: '0.0.0.0', port: 1 }), 'http://127.0.0.1:1')
    assert.equal(runningUrl({ host: '::', port: 1 }), 'http://[::1]:1')
    assert.equal(runningUrl({ host: 'auth.internal', port: 1 }), 'http://auth.internal:1')
  })
})
