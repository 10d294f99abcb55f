import { assert } from '@open-wc/testing'
import type { Site } from './answers.ts'
import { narrows, siteBody } from './site-form.ts'

const site: Site = {
  id: '4f1c', name: 'Shop', origins: ['https://shop.example', 'https://www.shop.example'], landing_urls: ['https://shop.example/account'], mode: 'open', strict: false, code_only: false, allowed_domains: [],
  accent_color: '#2f4fd0', link_ttl: 600, session: { idle: 1_209_600, absolute: 2_592_000 }, webhook: { url: 'https://shop.example/hook' }, created_at: 0, snippet: '',
}
const shown: Record<string, string> = {
  name: 'Shop', origins: 'https://shop.example\nhttps://www.shop.example', landing_urls: 'https://shop.example/account', mode: 'open', ways: 'link', allowed_domains: '', locale: '', logo_url: '',
  accent_color: '#2f4fd0', link_ttl: '10', 'session.idle': '14', 'session.absolute': '30', 'webhook.url': 'https://shop.example/hook',
}
const body = (typed: Record<string, string>, of?: Site) => siteBody((name) => ({ ...(of ? shown : {}), ...typed })[name] ?? '', of)

describe('a site’s form', () => {
  it('says nothing of what was left as it is', () => {
    assert.deepEqual(body({}, site), {})
    assert.deepEqual(body({ origins: 'https://shop.example\r\nhttps://www.shop.example' }, site), {})
  })

  it('says what was changed, in the API’s own measures', () => {
    assert.deepEqual(body({ name: ' Shop two ', link_ttl: '2.5', 'session.idle': '0,5' }, site), { name: 'Shop two', link_ttl: 150, session: { idle: 43_200 } })
    assert.deepEqual(body({ ways: 'strict' }, site), { strict: true, code_only: false })
    assert.deepEqual(body({ ways: 'code' }, site), { strict: false, code_only: true })
    assert.deepEqual(body({ ways: 'link' }, { ...site, code_only: true }), { strict: false, code_only: false })
    assert.deepEqual(body({ origins: 'https://shop.example\n\n  https://new.example ' }, site), { origins: ['https://shop.example', 'https://new.example'] })
  })

  it('takes away what was emptied', () => {
    assert.deepEqual(body({ accent_color: '', 'webhook.url': '', landing_urls: '' }, site), { accent_color: '', webhook: { url: '' }, landing_urls: [] })
  })

  it('leaves it to the API to refuse what is no number', () => {
    assert.deepEqual(body({ link_ttl: 'ten', 'session.absolute': '' }, site), { link_ttl: 'ten', session: { absolute: '' } })
  })

  it('always names what a new site cannot be without', () => {
    const rest = { mode: 'open', ways: 'link', link_ttl: '10', 'session.idle': '14', 'session.absolute': '30' }
    assert.deepEqual(body(rest), { name: '', origins: [] })
    assert.deepEqual(body({ ...rest, name: 'Shop', origins: 'https://shop.example', mode: 'invite' }), { name: 'Shop', origins: ['https://shop.example'], mode: 'invite' })
  })
})

describe('who may sign in', () => {
  it('is narrowed by invitations, and by domains that leave some out', () => {
    const some = { ...site, allowed_domains: ['a.example', 'b.example'] }
    for (const [said, of] of [[{ mode: 'invite' }, site], [{ allowed_domains: ['a.example'] }, site], [{ allowed_domains: ['a.example', 'c.example'] }, some]] as const) assert.isTrue(narrows(said, of), JSON.stringify(said))
    for (const [said, of] of [[{}, site], [{ mode: 'open' }, site], [{ mode: 'invite' }, { ...site, mode: 'invite' as const }], [{ allowed_domains: [] }, some], [{ allowed_domains: ['a.example', 'b.example', 'c.example'] }, some]] as const) assert.isFalse(narrows(said, of), JSON.stringify(said))
  })
})
