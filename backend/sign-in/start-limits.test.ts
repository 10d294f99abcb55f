import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { createSite } from '../sites/manage-sites.ts'
import { adminToken, hostOrigin, publicUrl, testBackend, type TestBackend } from '../testing/backend.ts'
import { call, mailTo, visitor } from '../testing/visitor.ts'

const wide = 'start.address=1000/600,start.address_ip=1000/600,start.ip=1000/600,start.site=1000/600'

/** A backend whose limits are wide but for those named. */
const limited = (limits: string, use: (backend: TestBackend) => Promise<void>, env: Record<string, string> = {}) => async () => {
  const named = limits.split(',').map((pair) => pair.split('=')[0])
  const others = wide.split(',').filter((pair) => !named.includes(pair.split('=')[0]))
  const backend = await testBackend({ env: { LINKLATCH_LIMITS: [...others, limits].join(','), ...env } })
  try {
    await use(backend)
  } finally {
    await backend.dispose()
  }
}
const start = (backend: TestBackend, email: string, headers: Record<string, string> = {}) =>
  call(backend, 'POST', '/v1/sign-ins', { body: { site: backend.site.id, email, challenge: visitor(backend).challenge }, headers: { Origin: hostOrigin, ...headers } })
const statuses = async (answers: Promise<{ status: number }>[]) => (await Promise.all(answers)).map(({ status }) => status)
const from = (...hops: string[]) => ({ 'X-Forwarded-For': hops.join(', ') })

/** What a server says to bytes as they are, on one connection that the other side or the last answer ends. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString()))
  socket.write(text)
  await once(socket, 'close')
  return answer
}

describe('the limit of a network', () => {
  it('is not dodged by another spelling of the path, the verb or a header', limited('start.ip=2/600', async (backend) => {
    assert.deepEqual(await statuses([start(backend, 'a@example.com'), start(backend, 'b@example.com')]), [202, 202])
    const body = { site: backend.site.id, email: 'c@example.com', challenge: visitor(backend).challenge }
    const headers = { Origin: hostOrigin }
    for (const path of ['/v1/sign-ins', '/v1/sign-ins?', '/v1/sign-ins?x=1', '/v1/sign-ins#x']) assert.equal((await call(backend, 'POST', path, { body, headers })).status, 429, path)
    for (const path of ['/v1/sign-ins/', '/V1/sign-ins', '/v1//sign-ins', '//v1/sign-ins', '/v1/sign%2dins', '/v1/%73ign-ins', '/v1/sign-ins;x', '/v1/sign-ins%00', '/v1/./sign-ins/.']) {
      assert.notEqual((await call(backend, 'POST', path, { body, headers })).status, 202, path)
    }
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'GET', 'PATCH']) assert.notEqual((await fetch(`${backend.url}/v1/sign-ins`, { method, headers })).status, 202, method)
    for (const spelled of ['X-HTTP-Method-Override', 'X-Forwarded-For', 'x-forwarded-FOR', 'X-Real-IP', 'Forwarded', 'True-Client-IP', 'CF-Connecting-IP', 'X-Client-IP']) {
      assert.equal((await call(backend, 'POST', '/v1/sign-ins', { body, headers: { ...headers, [spelled]: '203.0.113.7' } })).status, 429, spelled)
    }
  }))

  it('is not dodged by an absolute target, another Host, keep-alive or pipelining', limited('start.ip=2/600', async (backend) => {
    const request = (target: string, host: string, close = false) => {
      const body = JSON.stringify({ site: backend.site.id, email: 'a@example.com', challenge: visitor(backend).challenge })
      return `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${hostOrigin}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${close ? 'Connection: close\r\n' : ''}\r\n${body}`
    }
    const answers = await raw(backend.port, [request('/v1/sign-ins', 'a'), request('http://evil.example/v1/sign-ins', 'b'), request('/v1/sign-ins', 'c'), request('http://other.example/v1/sign-ins', 'd', true)].join(''))
    assert.deepEqual([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status).sort(), ['202', '202', '429', '429'])
  }))

  it('counts what the proxy in front says, and nothing that came before it', limited('start.ip=1/600', async (backend) => {
    const inTurn = async (...headers: Record<string, string>[]) => {
      const all: number[] = []
      for (const [index, each] of headers.entries()) all.push((await start(backend, `p${index}@example.com`, each)).status)
      return all
    }
    assert.deepEqual(await inTurn(from('203.0.113.7'), from('198.51.100.1', '203.0.113.7'), from('junk', '', '1.2.3.4:x', '203.0.113.7')), [202, 429, 429])
    assert.deepEqual(await inTurn(from('203.0.113.8', '::ffff:203.0.113.7'), from('[::ffff:203.0.113.7]:4711'), from('203.0.113.7:4711')), [429, 429, 429])
    assert.deepEqual(await inTurn(from('203.0.113.8')), [202])
    assert.deepEqual(await inTurn(from('2001:db8:1:2::1'), from('2001:db8:1:2:ffff::9'), from('[2001:DB8:1:2::3]:80'), from('2001:db8:1:2::1%eth0'), from('2001:db8:1:3::1')), [202, 429, 429, 429, 202])
    assert.deepEqual(await inTurn(from('junk'), from('other junk'), from('unknown')), [202, 429, 429])
  }, { LINKLATCH_PROXY_HOPS: '1' }))

  it('counts two proxies back where there are two', limited('start.ip=1/600', async (backend) => {
    const answers = [from('6.6.6.6', '203.0.113.7', '10.0.0.1'), from('7.7.7.7', '203.0.113.7', '10.0.0.2'), from('203.0.113.8', '10.0.0.1')]
    const all: number[] = []
    for (const [index, headers] of answers.entries()) all.push((await start(backend, `p${index}@example.com`, headers)).status)
    assert.deepEqual(all, [202, 429, 202])
  }, { LINKLATCH_PROXY_HOPS: '2' }))

  it('lets as many through at once as one after another', limited('start.ip=5/600', async (backend) => {
    const all = await statuses(Array.from({ length: 20 }, (_, index) => start(backend, `p${index}@example.com`)))
    assert.equal(all.filter((status) => status === 202).length, 5)
  }))
})

describe('the limit of an address from one network', () => {
  it('counts every spelling of one address as that address', limited('start.address_ip=1/600', async (backend) => {
    assert.equal((await start(backend, 'anna@bücher.example')).status, 202)
    for (const email of ['ANNA@bücher.example', ' anna@BÜCHER.example\n', 'anna@xn--bcher-kva.example', 'Anna@XN--BCHER-KVA.Example']) assert.equal((await start(backend, email)).status, 429, email)
    for (const email of ['anna@bu\u0308cher.example', 'anna@bücher.example.', 'anna@b\u00adücher.example', 'ann\u212a@bücher.example', '"anna"@bücher.example']) assert.equal((await start(backend, email)).status, 422, email)
    assert.equal((await start(backend, 'anna@buecher.example')).status, 202)
  }))

  it('is one over all sites, and another network’s is another', limited('start.address_ip=1/600', async (backend) => {
    const other = await createSite(backend.services, { name: 'Other', origins: ['https://other.example'] })
    const elsewhere = (headers: Record<string, string>) =>
      call(backend, 'POST', '/v1/sign-ins', { body: { site: other.id, email: 'anna@example.com', challenge: visitor(backend).challenge }, headers: { Origin: 'https://other.example', ...headers } })
    assert.deepEqual([(await start(backend, 'anna@example.com', from('203.0.113.7'))).status, (await elsewhere(from('203.0.113.7'))).status, (await elsewhere(from('203.0.113.8'))).status], [202, 429, 202])
  }, { LINKLATCH_PROXY_HOPS: '1' }))
})

describe('the limit of a site', () => {
  it('says when to come again, and leaves other sites alone', limited('start.site=2/3600', async (backend) => {
    const other = await createSite(backend.services, { name: 'Other', origins: ['https://other.example'] })
    await statuses([start(backend, 'a@example.com'), start(backend, 'b@example.com')])
    const refused = await start(backend, 'c@example.com')
    assert.deepEqual([refused.status, refused.json.code], [429, 'rate_limited'])
    assert.ok(Number(refused.headers.get('retry-after')) > 3500)
    const answer = await call(backend, 'POST', '/v1/sign-ins', { body: { site: other.id, email: 'c@example.com', challenge: visitor(backend).challenge }, headers: { Origin: 'https://other.example' } })
    assert.equal(answer.status, 202)
  }))
})

describe('the mails that one address gets', () => {
  it('are counted over all networks, sites and resends, in any spelling', limited('start.address=3/600', async (backend) => {
    const other = await createSite(backend.services, { name: 'Other', origins: ['https://other.example'] })
    const browser = visitor(backend)
    const { id } = await browser.started('anna@example.com')
    await call(backend, 'POST', '/v1/sign-ins', { body: { site: other.id, email: 'Anna@Example.com', challenge: browser.challenge }, headers: { Origin: 'https://other.example', ...from('203.0.113.9') } })
    await mailTo(backend, 'anna@example.com', 2)
    backend.clock.forward(31)
    const resend = () => browser.bridgePost(`/v1/sign-ins/${id}/resend`, { verifier: browser.verifier })
    assert.equal((await resend()).status, 202)
    await mailTo(backend, 'anna@example.com', 3)
    backend.clock.forward(31)
    assert.deepEqual([(await resend()).status, (await start(backend, 'ANNA@example.com', from('203.0.113.10'))).status], [202, 202])
    assert.equal((await backend.services.store.signIns.get(id))?.delivery.status, 'deferred')
    assert.equal((await start(backend, 'bob@example.com')).status, 202)
    await mailTo(backend, 'bob@example.com')
    assert.equal(backend.inbox.letters().filter(({ to }) => to === 'anna@example.com').length, 3)
  }, { LINKLATCH_PROXY_HOPS: '1' }))

  it('outlive a restart', limited('start.address=1/600', async (backend) => {
    await start(backend, 'anna@example.com')
    await mailTo(backend, 'anna@example.com')
    const again = await backend.restart()
    try {
      const { json } = await start(again, 'anna@example.com')
      assert.equal((await again.services.store.signIns.get(String(json.id)))?.delivery.status, 'deferred')
    } finally {
      await again.stop()
    }
  }))

  it('begin anew with the next window: the person who waited asks again, and gets the mail', limited('start.address=1/600', async (backend) => {
    await start(backend, 'anna@example.com')
    await mailTo(backend, 'anna@example.com')
    backend.clock.forward(300)
    const anna = visitor(backend)
    const { id } = await anna.started('anna@example.com')
    backend.clock.forward(301)
    assert.equal((await anna.bridgePost(`/v1/sign-ins/${id}/resend`, { verifier: anna.verifier })).status, 202)
    const mail = await mailTo(backend, 'anna@example.com', 2)
    assert.equal((await anna.claim({ sign_in: id, verifier: anna.verifier, code: mail.code })).status, 200)
  }))
})

describe('the limit of exports', () => {
  it('is each person’s own, whatever the network and the session; the operator has none', limited('export.user=2/600', async (backend) => {
    const signIn = async (email: string, nth = 1) => {
      const browser = visitor(backend)
      const { id } = await browser.started(email)
      const { code } = await mailTo(backend, email, nth)
      return browser.claimed({ sign_in: id, verifier: browser.verifier, code })
    }
    const exported = (bearer: string, path = '/v1/me/export') => call(backend, 'GET', path, { headers: { Authorization: `Bearer ${bearer}`, Origin: hostOrigin } })
    const [anna, annaElsewhere, bob] = [await signIn('anna@example.com'), await signIn('anna@example.com', 2), await signIn('bob@example.com')]
    assert.deepEqual(await statuses([exported(anna.access_token), exported(annaElsewhere.access_token)]), [200, 200])
    const refused = await exported(anna.access_token)
    assert.deepEqual([refused.status, refused.json.code, refused.headers.get('access-control-allow-origin')], [429, 'rate_limited', hostOrigin])
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await exported('nobody')).status, 401)
    assert.equal((await exported(bob.access_token)).status, 200)
    assert.equal((await exported(anna.access_token, '/v1/me')).status, 200)
    assert.equal((await exported(adminToken, `/admin/v1/sites/${backend.site.id}/users/${anna.user.id}/export`)).status, 200)
  }))
})

describe('answers about limits', () => {
  it('say when to come again in every 429 and in nothing else', limited('start.ip=1/600,streams.ip=1,admin.ip=1/600', async (backend) => {
    const { json } = await start(backend, 'anna@example.com')
    const events = () => fetch(`${backend.url}/v1/sign-ins/${String(json.id)}/events`)
    const open = await events()
    const wrongToken = () => call(backend, 'GET', '/admin/v1/sites', { headers: { Authorization: 'Bearer wrong' } })
    const answers = [await start(backend, 'bob@example.com'), await events(), await wrongToken(), await wrongToken(), await start(backend, 'no address'), open, await call(backend, 'GET', '/healthz'), await call(backend, 'POST', '/v1/sessions', { body: {}, headers: { Origin: publicUrl } })]
    assert.equal(answers.filter(({ status }) => status === 429).length, 3)
    for (const { status, headers } of answers) {
      const fields = [...headers.keys()].filter((name) => /limit|retry-after/.test(name))
      assert.deepEqual(fields, status === 429 ? ['retry-after'] : [], String(status))
    }
    await open.body?.cancel()
  }))
})
