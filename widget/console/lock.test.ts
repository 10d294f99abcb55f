import { assert, waitUntil } from '@open-wc/testing'
import { anna, backend, evil, later, leaveNoHash, operator, settled, shop } from './testing/operator.ts'

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

  it('is so after a sleep of the machine, whatever is asked for first', async () => {
    const { ask, calls } = backend()
    let asleep = 0
    start({ ask, now: () => Date.now() + asleep })
    enter()
    await until(evil)
    const asked = calls.length
    asleep = 30 * 60_000
    await visit('#/sites/4f1c/people', 'Nothing was asked for a while')
    assert.equal(calls.length, asked)
    assert.notInclude(text(), evil)
  })

  it('is so after a sleep of the machine where nobody asks for anything', async () => {
    let asleep = 0
    start({ ask: backend().ask, forgetAfter: 60_000, now: () => Date.now() + asleep })
    enter()
    await until(evil)
    asleep = 60_000
    await until('Nothing was asked for a while')
  })

  it('is so where the page was left, even if the browser keeps it', async () => {
    start({ ask: backend().ask })
    enter()
    await until(evil)
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    assert.notInclude(text(), evil)
    assert.include(text(), 'The page was left')
  })

  it('takes its question away at once, in a page that nobody sees too', async () => {
    const { ask, calls } = backend()
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people/anna', 'Firefox on Linux')
    press('Erase…')
    assert.include(text(), 'Erase anna@example.com?')
    press('Lock')
    assert.notInclude(text(), 'anna@example.com')
    await settled()
    assert.notInclude(calls, 'DELETE /sites/4f1c/users/anna')
  })
})
