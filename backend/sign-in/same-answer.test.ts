/** R14: whoever asks, and for whomever, sees the same. `npm run bench:timing` measures what is left to time. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { request } from 'node:http'
import { byOrder } from '../delivery/letter-order.ts'
import { createSite } from '../sites/manage-sites.ts'
import type { Site } from '../sites/site.ts'
import { observeStore } from '../store/observed.ts'
import { hostOrigin, testBackend, type TestBackend } from '../testing/backend.ts'
import { listen } from '../testing/event-source.ts'
import { call, visitor } from '../testing/visitor.ts'

let backend: TestBackend
let open: Site
let calls: string[] = []
/** Each with an address of its own, and the site where it asks. */
let classes: Record<string, { email: string; site: Site; origin: string }>

before(async () => {
  backend = await testBackend({ env: { LINKLATCH_LIMITS: 'start.address=4/600,start.address_ip=1000/600,start.ip=1000/600' }, site: { mode: 'invite', allowed_domains: ['example.com'] } })
  open = await createSite(backend.services, { name: 'Open', origins: ['https://open.example'] })
  const invited = (address: string, site: Site, blocked = false) =>
    backend.services.store.users.insert({ id: address, siteId: site.id, channel: 'email', address, createdAt: 0, invited: true, roles: [], metadata: {}, ...(blocked && { blocked }) })
  await invited('member@example.com', backend.site)
  await invited('blocked@example.com', backend.site, true)
  await invited('outside@example.org', backend.site)
  await invited('often@example.com', backend.site)
  await invited('known@example.com', open)
  await invited('banned@example.com', open, true)
  const closed = { site: backend.site, origin: hostOrigin }
  const elsewhere = { site: open, origin: 'https://open.example' }
  classes = {
    'a member': { email: 'member@example.com', ...closed },
    'a blocked one': { email: 'blocked@example.com', ...closed },
    'nobody invited': { email: 'stranger@example.com', ...closed },
    'a domain that is not allowed': { email: 'outside@example.org', ...closed },
    'somebody over the mail budget': { email: 'often@example.com', ...closed },
    'somebody known, at an open site': { email: 'known@example.com', ...elsewhere },
    'somebody unknown, at an open site': { email: 'unknown@example.com', ...elsewhere },
    'a blocked one, at an open site': { email: 'banned@example.com', ...elsewhere },
  }
  for (let starts = 0; starts < 4; starts += 1) await ask(classes['somebody over the mail budget'] ?? assert.fail())
  backend.services.store = observeStore(backend.services.store, ({ operation }) => calls.push(operation))
})
after(() => backend.dispose())

type Seen = { status: number; headers: string[]; body: string; id: string; browser: ReturnType<typeof visitor>; calls: string[] }

/** One start, as it went over the wire; what is random in it is blotted out. */
function ask({ email, site, origin }: { email: string; site: Site; origin: string }): Promise<Seen> {
  const browser = visitor({ url: backend.url, site })
  const body = JSON.stringify({ site: site.id, email, challenge: browser.challenge })
  calls = []
  return new Promise((resolve, reject) => {
    const asking = request({ port: backend.port, host: '127.0.0.1', method: 'POST', path: '/v1/sign-ins', agent: false, headers: { Origin: origin, 'Content-Type': 'application/json' } }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => {
        const { id, number } = JSON.parse(text) as Record<string, string>
        const headers = answer.rawHeaders.map((each) => (each === origin ? 'ORIGIN' : each)).filter((_each, index, all) => all[index - 1] !== 'Date')
        resolve({ status: answer.statusCode ?? 0, headers, body: text.replace(id ?? '', 'ID').replace(`"${number}"`, '"NN"'), id: id ?? '', browser, calls: [...calls] })
      })
    })
    asking.on('error', reject).end(body)
  })
}

const eachClass = async <Result>(look: (seen: Seen, name: string) => Promise<Result> | Result): Promise<[string, Result][]> => {
  const all: [string, Result][] = []
  for (const [name, who] of Object.entries(classes)) {
    const seen = await ask(who)
    all.push([name, await look(seen, name)])
    // What is done about its mail afterwards must not be taken for the next one's.
    while (((await backend.services.store.signIns.get(seen.id))?.delivery.settled ?? 0) < 1) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return all
}
const allAlike = (results: [string, unknown][]) => {
  const [[, first] = assert.fail('nothing')] = results
  for (const [name, result] of results) assert.deepEqual(result, first, name)
  return first
}

describe('the same answer for everybody', () => {
  it('is the same status, bytes and header fields in the same order', async () => {
    allAlike(await eachClass(({ status, headers, body }) => ({ status, headers, body })))
  })

  it('comes after the same calls to the store, in the same order', async () => {
    const seen = allAlike(await eachClass(({ calls: made }) => made.slice(0, made.indexOf('signIns.insertCounted') + 1).filter((operation) => operation !== 'sweep')))
    assert.ok(Array.isArray(seen) && seen.length > 1)
  })

  it('is followed by the same news of the mail, but for who is over the budget: of him it says so', async () => {
    const heard = await eachClass(async ({ id }, name) => {
      const stream = await listen(backend, id)
      await stream.until('delivery', name === 'somebody over the mail budget' ? 'deferred' : 'sent')
      stream.close()
      return stream.heard.map(({ event, value }) => `${event} ${value}`).filter((line) => line !== 'delivery queued').sort()
    })
    const rest = heard.filter(([name]) => name !== 'somebody over the mail budget')
    assert.equal(rest.length, heard.length - 1)
    assert.deepEqual(allAlike(rest), ['delivery sent', 'state pending'])
  })

  it('does not say at a closed site that a mailbox refused, for nobody else’s is ever asked; at an open one it does', async () => {
    const refusing = await testBackend({ site: { mode: 'invite' }, delivery: byOrder({ deliver: async () => ({ status: 'failed', reason: '550' }), ready: async () => true, close: async () => undefined }) })
    try {
      await refusing.services.store.users.insert({ id: 'u', siteId: refusing.site.id, channel: 'email', address: 'gone@example.com', createdAt: 0, invited: true, roles: [], metadata: {} })
      const site = await createSite(refusing.services, { name: 'Open', origins: ['https://open.example'] })
      for (const [email, at, origin, told] of [['gone@example.com', refusing.site, hostOrigin, 'sent'], ['nobody@example.com', refusing.site, hostOrigin, 'sent'], ['gone@example.com', site, 'https://open.example', 'failed']] as const) {
        const { json } = await call(refusing, 'POST', '/v1/sign-ins', { body: { site: at.id, email, challenge: 'c'.repeat(43) }, headers: { Origin: origin } })
        const stream = await listen(refusing, String(json.id))
        await stream.until('delivery', told)
        stream.close()
      }
    } finally {
      await refusing.dispose()
    }
  })

  /** A mail's own calls would stand between those that are looked at. */
  async function mailSettled(id: string): Promise<void> {
    for (let tries = 0; tries < 1200; tries += 1) {
      const { delivery } = (await backend.services.store.signIns.get(id)) ?? assert.fail('no such sign-in')
      if (delivery.settled === delivery.asked) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    assert.fail('the mail is not settled within 30 s')
  }

  it('is the same for a guessed code: refused, counted, after the same calls', async () => {
    const guessed = await eachClass(async ({ id, browser }) => {
      const each: unknown[] = []
      await mailSettled(id)
      for (let tries = 0; tries < 6; tries += 1) {
        calls = []
        const { status, text } = await browser.claim({ sign_in: id, verifier: browser.verifier, code: '000000' })
        each.push([status, text, calls.filter((operation) => operation !== 'sweep')])
      }
      return [each, (await backend.services.store.signIns.get(id))?.codeTriesLeft]
    })
    allAlike(guessed)
  })

  it('is the same for another mail and for calling it off', async () => {
    const answers = await eachClass(async ({ id, browser }) => {
      await mailSettled(id)
      backend.clock.forward(31)
      calls = []
      const again = await browser.bridgePost(`/v1/sign-ins/${id}/resend`, { verifier: browser.verifier })
      const off = await browser.bridgePost(`/v1/sign-ins/${id}/cancel`, { verifier: browser.verifier })
      return [again.status, again.text, off.status, calls.filter((operation) => operation !== 'sweep')]
    })
    allAlike(answers)
  })
})
