/** The backend that `timing.ts` measures: a process of its own with a real store and real SMTP. Prints its address and sites as one line of JSON. */
import { mailThread } from '../delivery/mail-thread.ts'
import { createSite } from '../sites/manage-sites.ts'
import { testBackend } from '../testing/backend.ts'
import type { User } from '../users/user.ts'
import { closedOrigin, mailsAnAddress, openOrigin, type Seeded } from './timing-classes.ts'

const [, , smtpPort, seeds] = process.argv
const { members, blocked, outside, known } = JSON.parse(seeds ?? '') as Record<'members' | 'blocked' | 'outside' | 'known', string[]>
const delivery = mailThread({ url: `smtp://127.0.0.1:${smtpPort}`, publicHost: 'localhost', from: { name: 'Linklatch', address: 'no-reply@localhost' } })
const backend = await testBackend({
  delivery,
  env: { LINKLATCH_LIMITS: `start.address=${mailsAnAddress}/86400,start.address_ip=1000000/600,start.ip=1000000/600,start.site=1000000/600,streams.ip=1000` },
  site: { origins: [closedOrigin], landing_urls: [], mode: 'invite', allowed_domains: ['example.com'] },
})
const open = await createSite(backend.services, { name: 'Open', origins: [openOrigin] })
const insert = (siteId: string, more: Partial<User> = {}) => (address: string) =>
  backend.services.store.users.insert({ id: `user-${address}`, siteId, channel: 'email', address, createdAt: 0, roles: [], metadata: {}, ...more })
await Promise.all([...members, ...outside].map(insert(backend.site.id)))
await Promise.all(blocked.map(insert(backend.site.id, { blocked: true })))
await Promise.all(known.map(insert(open.id)))
process.stdout.write(`${JSON.stringify({ url: backend.url, closed: backend.site.id, open: open.id } satisfies Seeded)}\n`)
process.stdin.once('end', () => void backend.dispose().then(() => process.exit(0))).resume()
