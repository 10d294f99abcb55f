import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { deleteSite } from '../sites/manage-sites.ts'
import { adminToken, testBackend, type TestBackend } from '../testing/backend.ts'
import { call } from '../testing/visitor.ts'
import { invitationPage } from './invitation.ts'
import { inviteUser } from './manage-users.ts'

const preview = 'https://my-app-*.vercel.app'
const page = (origins: string[], landingUrls: string[] = [], production = true) => invitationPage({ origins, landingUrls } as TestBackend['site'], { production })

describe('an invitation', () => {
  it('leads to a landing URL, else to an exact origin, and never to a host made up for a pattern', () => {
    assert.equal(page([preview, 'https://www.shop.example', 'https://shop.example'], [`${preview}/in`, 'https://shop.example/in']), 'https://shop.example/in')
    assert.equal(page([preview, 'https://www.shop.example'], [`${preview}/in`]), 'https://www.shop.example')
    assert.equal(page([preview], [`${preview}/in`]), undefined)
  })

  it('leads to nothing of plain http in production', () => {
    const local = ['http://localhost:3000']
    assert.equal(page(local, ['http://localhost:3000/in'], false), 'http://localhost:3000/in')
    assert.equal(page([...local, 'https://shop.example'], ['http://localhost:3000/in']), 'https://shop.example')
    assert.equal(page(local), undefined)
  })

  for (const mail of [false, true]) {
    it(`to a site that is removed meanwhile is refused${mail ? ' with its mail' : ''}, and nothing is kept of it`, async () => {
      const backend = await testBackend()
      try {
        const { services, site } = backend
        // As it is where the body comes slowly: the site was found before.
        await deleteSite(services, site.id)
        await assert.rejects(inviteUser(services, site, { email: 'anna@example.com', mail }), { code: 'not_found' })
        assert.equal(await services.store.users.findByAddress(site.id, 'anna@example.com'), undefined)
        assert.deepEqual(await services.store.signIns.ofAddress(site.id, 'anna@example.com'), [])
      } finally {
        await backend.dispose()
      }
    })
  }

  describe('to a site that has patterns alone', () => {
    let backend: TestBackend
    before(async () => {
      backend = await testBackend({ site: { origins: [preview], landing_urls: [] } })
    })
    after(() => backend.dispose())
    const invite = (body: object) => call(backend, 'POST', `/admin/v1/sites/${backend.site.id}/users`, { body, headers: { Authorization: `Bearer ${adminToken}` } })

    it('is refused with its mail, as a whole, and says what the site needs; without a mail it stands', async () => {
      const { status, json } = await invite({ email: 'anna@example.com', mail: true })
      assert.deepEqual([status, json.code, json.errors], [400, 'invalid_request', [{ field: 'mail', code: 'site_has_no_page' }]])
      assert.equal(await backend.services.store.users.findByAddress(backend.site.id, 'anna@example.com'), undefined)
      assert.equal((await invite({ email: 'anna@example.com' })).status, 201)
      assert.equal(backend.inbox.letters().length, 0)
    })
  })
})
