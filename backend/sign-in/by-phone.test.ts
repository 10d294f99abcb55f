import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { decodeJwt } from 'jose'
import { byChannel } from '../delivery/choose-delivery.ts'
import { byOrder } from '../delivery/letter-order.ts'
import { outboxDelivery } from '../delivery/outbox.ts'
import { adminToken, hostOrigin, testBackend, type TestBackend } from '../testing/backend.ts'
import { call, mailTo, visitor } from '../testing/visitor.ts'

const env = { LINKLATCH_SMS_URL: 'twilio://AC1:token@+15550100200' }

describe('a sign-in by phone', () => {
  const mails = outboxDelivery()
  let backend: TestBackend
  before(async () => {
    const phones = outboxDelivery({ keep: 1000 })
    backend = { ...(await testBackend({ env, delivery: byChannel(byOrder(mails), byOrder(phones)) })), inbox: phones }
  })
  after(() => backend.dispose())
  const startAt = (where: TestBackend, fields: object) => {
    const browser = visitor(where)
    return { browser, asked: call(where, 'POST', '/v1/sign-ins', { body: { site: where.site.id, challenge: browser.challenge, ...fields }, headers: { Origin: hostOrigin } }) }
  }
  const start = (fields: object) => startAt(backend, fields)
  const admin = (method: string, path: string, body?: unknown) => call(backend, method, `/admin/v1/sites/${backend.site.id}${path}`, { body, headers: { Authorization: `Bearer ${adminToken}` } })

  it('sends a text message with a link and a code, and the code gives a session that names the number', async () => {
    const { browser, asked } = start({ phone: '+49 (151) 1234-5678' })
    assert.equal((await asked).status, 202)
    const { link, code, text } = await mailTo(backend, '+4915112345678')
    assert.match(text, new RegExp(`${code}[^]*\\n@shop\\.example #${code}$`), 'phones offer the code on that host alone')
    assert.match(link, /^https:\/\/auth\.example\.com\/link\?token=/)
    const { access_token, user } = await browser.claimed({ sign_in: (await asked).json.id, verifier: browser.verifier, code })
    assert.equal(user.phone, '+4915112345678')
    assert.equal('email' in user, false)
    const { phone_number, phone_number_verified, email, amr } = decodeJwt(access_token)
    assert.deepEqual({ phone_number, phone_number_verified, email, amr }, { phone_number: '+4915112345678', phone_number_verified: true, email: undefined, amr: ['otp', 'sms'] })
    assert.equal(mails.letters().length, 0)
  })

  it('opens by the link as a mailed one does', async () => {
    const { asked } = start({ phone: '+15550100201' })
    assert.equal((await asked).status, 202)
    const { token } = await mailTo(backend, '+15550100201')
    const opened = await call(backend, 'GET', `/link?token=${token}`)
    assert.equal(opened.status, 303)
    assert.match(opened.headers.get('location') ?? '', /^https:\/\/shop\.example\/account#linklatch=/)
  })

  it('goes on beside sign-ins by mail', async () => {
    assert.equal((await start({ email: 'anna@example.com' }).asked).status, 202)
    await mailTo({ ...backend, inbox: mails }, 'anna@example.com')
  })

  it('is refused where the number is none, where there are two addresses, and where there is none', async () => {
    for (const phone of ['015112345678', '+49', 'anna@example.com', '', '1'.repeat(70), '1'.repeat(2000)]) {
      const { status, json } = await start({ phone }).asked
      assert.deepEqual([status, json.code], [422, 'invalid_address'], phone)
    }
    for (const fields of [{ phone: '+15550100202', email: 'anna@example.com' }, {}]) {
      const { status, json } = await start(fields).asked
      assert.deepEqual([status, json.code], [400, 'invalid_request'])
    }
  })

  it('is refused where the operator has set no way to phones', async () => {
    const without = await testBackend()
    try {
      const { status, json } = await startAt(without, { phone: '+15550100203' }).asked
      assert.deepEqual([status, json.code, json.errors], [400, 'invalid_request', [{ field: 'phone', code: 'channel_off' }]])
    } finally {
      await without.dispose()
    }
  })

  it('sends nothing to a number at a site that takes the addresses of its domains alone; the answer is the same', async () => {
    await admin('PATCH', '', { allowed_domains: ['example.com'] })
    try {
      const { asked } = start({ phone: '+15550100204' })
      assert.equal((await asked).status, 202)
      assert.equal((await start({ email: 'bert@example.com' }).asked).status, 202)
      await mailTo({ ...backend, inbox: mails }, 'bert@example.com')
      assert.deepEqual(backend.inbox.letters().filter(({ to }) => to === '+15550100204'), [])
      assert.equal((await admin('POST', '/users', { phone: '+15550100204' })).status, 400)
    } finally {
      await admin('PATCH', '', { allowed_domains: [] })
    }
  })

  it('can be invited to', async () => {
    const { status, json } = await admin('POST', '/users', { phone: '+1 555 010 0205', mail: true })
    assert.equal(status, 201, JSON.stringify(json))
    const shown = await admin('GET', `/users/${String(json.id)}`)
    assert.deepEqual([shown.json.phone, shown.json.invited], ['+15550100205', true])
    for (let tries = 0; tries < 400 && !backend.inbox.letters().some(({ to }) => to === '+15550100205'); tries += 1) await new Promise((resolve) => setTimeout(resolve, 25))
    assert.equal(backend.inbox.letters().find(({ to }) => to === '+15550100205')?.text, 'You can now sign in to Shop with this number. If you do not know this site, ignore this message. https://shop.example/account')
    assert.equal((await admin('POST', '/users', {})).status, 400)
    assert.equal((await admin('POST', '/users', { phone: '+15550100206', email: 'both@example.com' })).status, 400)
  })

  it('counts every spelling of a number as one, against the budget of its mails', async () => {
    const tight = await testBackend({ env: { ...env, LINKLATCH_LIMITS: 'start.address=2/600,start.address_ip=1000/600,start.ip=1000/600' } })
    try {
      for (const phone of ['+15550100207', '+1 555 010 0207', '+1 (555) 010-0207', '+1.555.010.0207']) assert.equal((await startAt(tight, { phone }).asked).status, 202)
      const { items } = (await call(tight, 'GET', `/admin/v1/sites/${tight.site.id}/sign-ins`, { headers: { Authorization: `Bearer ${adminToken}` } })).json as { items: { phone: string; delivery: string }[] }
      assert.deepEqual([...new Set(items.map(({ phone }) => phone))], ['+15550100207'])
      assert.equal(items.filter(({ delivery }) => delivery === 'deferred').length, 2)
    } finally {
      await tight.dispose()
    }
  })
})
