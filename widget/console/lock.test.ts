import { assert, waitUntil } from '@open-wc/testing'
import { anna, backend, later, leaveNoHash, operator, settled, shop } from './testing/operator.ts'

describe('a console that is locked', () => {
  const { start, text, until, press, find, enter, visit, close } = operator()
  afterEach(() => {
    close()
    leaveNoHash()
  })

  it('gives up what was under way, asks for nothing more, and opens again', async () => {
    const slow = later()
    const { ask, calls } = backend({ 'PATCH /sites/4f1c/users/anna': () => slow.answer })
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people/anna', 'Firefox on Linux')
    press('Block')
    await waitUntil(() => calls.includes('PATCH /sites/4f1c/users/anna'))
    const asked = calls.length
    press('Lock')
    slow.give(Response.json({ ...anna, blocked: true }))
    await settled()
    assert.equal(calls.length, asked)
    assert.notInclude(text(), 'anna@example.com')
    assert.equal(find('[role=alert]').textContent, '')
    enter()
    await until('Firefox on Linux')
  })

  it('shows no secret that comes late, nor does it go anywhere', async () => {
    const slow = later()
    // An answer that was read already when the press came.
    const ask: typeof fetch = (url, init) => (init?.method === 'POST' ? slow.answer : backend().ask(url, init))
    start({ ask })
    enter()
    await visit('#/new', 'Add a site')
    press('Add the site')
    await settled()
    press('Lock')
    slow.give(Response.json({ ...shop, webhook_secret: 'whsec_c2VjcmV0' }))
    await settled()
    assert.notInclude(text(), 'whsec_')
    assert.include(text(), 'The token is forgotten.')
    assert.equal(location.hash, '#/new')
    assert.equal(find<HTMLInputElement>('#token').value, '')
  })

  it('is not what a webhook’s own 401 leads to', async () => {
    const { ask } = backend({
      'GET /sites/4f1c': () => Response.json({ ...shop, webhook: { url: 'https://shop.example/hook' } }),
      'POST /sites/4f1c/webhook/test': () => Response.json({ taken: false, status: 401, reason: 'status 401' }),
    })
    start({ ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Send a test event')
    press('Send a test event')
    await until('The webhook did not take it: status 401')
  })
})
