import { assert, waitUntil } from '@open-wc/testing'
import { anna, backend, evil, later, leaveNoHash, operator, shop } from './testing/operator.ts'

describe('the owner’s console', () => {
  const { start, text, until, fill, press, enter, visit, close } = operator()
  afterEach(() => {
    close()
    leaveNoHash()
  })

  it('shows nothing before the token, and says that a wrong one is wrong', async () => {
    location.hash = '#/sites/4f1c/people'
    const { ask, calls } = backend()
    start({ ask })
    assert.deepEqual(calls, [])
    enter('another')
    await until('That is not the token')
    assert.deepEqual(calls, ['GET /sites'])
    assert.include(document.querySelector('[role=alert]')?.textContent, 'LINKLATCH_ADMIN_TOKEN')
    enter()
    await until('anna@example.com')
    assert.notInclude(text(), 'That is not the token')
  })

  it('shows every text as a text', async () => {
    start({ ask: backend().ask })
    enter()
    await until(evil)
    await visit('#/sites/4f1c/people/anna', 'Firefox on Linux')
    assert.equal(document.querySelector('img'), null)
    assert.equal(document.querySelector('h1')?.textContent, evil)
    assert.include((document.querySelector('[name=metadata]') as HTMLTextAreaElement).value, 'onerror')
    assert.notProperty(window, 'broken')
  })

  it('forgets the token when it is locked, when it is refused, and when nothing was asked for a while', async () => {
    let isTaken = true
    const { ask } = backend({ 'GET /sites/4f1c/users': () => (isTaken ? Response.json({ items: [anna] }) : new Response('{}', { status: 401 })) })
    start({ ask, forgetAfter: 60_000 })
    enter()
    await until(evil)
    press('Lock')
    await until('The token is forgotten.')
    assert.notInclude(text(), evil)
    enter()
    await until(evil)
    isTaken = false
    await visit('#/sites/4f1c/people', 'The token is not taken any more.')
    assert.notEqual(document.querySelector('#token'), null)
    close()
    location.hash = '#/'
    start({ ask, forgetAfter: 30 })
    enter()
    await until('Nothing was asked for a while')
    assert.notInclude(text(), evil)
  })

  it('removes nothing before its name was typed', async () => {
    const { ask, calls } = backend({ 'DELETE /sites/4f1c': () => new Response(null, { status: 204 }) })
    start({ ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Remove the site')
    press(`Remove ${evil}…`)
    fill('typed', 'Shop')
    ;(document.querySelector('dialog form') as HTMLFormElement).dispatchEvent(new SubmitEvent('submit', { cancelable: true }))
    press('Cancel')
    await waitUntil(() => document.querySelector('dialog') === null)
    assert.notInclude(calls, 'DELETE /sites/4f1c')
    press(`Remove ${evil}…`)
    fill('typed', evil).dispatchEvent(new Event('input'))
    press('Remove for good')
    await until(`${evil} is removed.`)
    assert.include(calls, 'DELETE /sites/4f1c')
  })

  it('gives an account another address after a question, and says at the field why it was refused', async () => {
    const sent: string[] = []
    const own = backend({ 'PATCH /sites/4f1c/users/anna': () => new Response(JSON.stringify({ detail: 'No.', errors: [{ field: 'email', code: 'taken' }] }), { status: 409 }) })
    const ask: typeof fetch = (url, init) => {
      if (init?.method === 'PATCH') sent.push(init.body as string)
      return own.ask(url, init)
    }
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people/anna', 'Another address')
    fill('address', 'bert@example.com')
    press('Change the address…')
    await until('From now on bert@example.com signs in to it')
    assert.deepEqual(sent, [])
    press('Change the address')
    await until('It belongs to somebody else at this site.')
    assert.deepEqual(sent, ['{"email":"bert@example.com"}'])
  })

  it('shows a secret once', async () => {
    const { ask } = backend({ 'POST /sites': () => Response.json({ ...shop, webhook_secret: 'whsec_c2VjcmV0' }) })
    start({ ask })
    enter()
    await visit('#/new', 'Add a site')
    press('Add the site')
    await until('is added.')
    await until('Paste this into your page')
    assert.include(text(), 'whsec_c2VjcmV0')
    await visit('#/sites/4f1c/people', 'anna@example.com')
    assert.notInclude(text(), 'whsec_')
  })

  it('says at the field what is wrong with it, and keeps what was typed', async () => {
    const { ask } = backend({ 'POST /sites': () => new Response(JSON.stringify({ detail: 'No.', errors: [{ field: 'origins.1', code: 'not_an_origin' }, { field: 'session.idle', code: 'too_small' }] }), { status: 400 }) })
    start({ ask })
    enter()
    await visit('#/new', 'Add a site')
    fill('origins', 'https://shop.example\nnonsense')
    press('Add the site')
    await until('Entry 2 is not an origin, such as https://shop.example.')
    assert.deepEqual([...document.querySelectorAll('[aria-invalid=true]')].map((each) => (each as HTMLInputElement).name), ['origins', 'session.idle'])
    assert.equal(document.querySelector('details')?.open, true)
    assert.include((document.querySelector('[name=origins]') as HTMLTextAreaElement).value, 'nonsense')
  })

  it('does not show what was asked for before, where it comes late', async () => {
    let answerLate = (_: Response) => {}
    const late = new Promise<Response>((resolve) => (answerLate = resolve))
    const { ask, calls } = backend({ 'GET /sites/4f1c/users': () => late })
    start({ ask })
    enter()
    await until(evil)
    location.hash = '#/sites/4f1c/people'
    await waitUntil(() => calls.includes('GET /sites/4f1c/users'))
    await visit('#/new', 'Add a site')
    answerLate(Response.json({ items: [anna] }))
    await visit('#/sites/4f1c/settings', 'Remove the site')
    assert.notInclude(text(), 'anna@example.com')
  })

  it('shows the next page of a list behind the one before, and searches from its beginning', async () => {
    const queries: string[] = []
    const bert = { ...anna, id: 'bert', email: 'bert@example.com' }
    const own = backend()
    const ask: typeof fetch = async (url, init) => {
      const { pathname, searchParams } = new URL(url as string, location.href)
      if (!pathname.endsWith('/users')) return own.ask(url, init)
      queries.push(searchParams.toString())
      return Response.json(searchParams.get('cursor') ? { items: [bert] } : { items: [anna], next: 'page-2' })
    }
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people', 'anna@example.com')
    press('Show more')
    await until('bert@example.com')
    assert.include(text(), 'anna@example.com')
    assert.notInclude(text(), 'Show more')
    fill('q', 'ann')
    press('Search')
    await waitUntil(() => queries.length === 3 && !text().includes('bert@example.com'))
    assert.deepEqual(queries, ['q=&cursor=', 'q=&cursor=page-2', 'q=ann&cursor='])
  })

  it('says what it cannot show, and leads back', async () => {
    start({ ask: backend().ask })
    enter()
    await until(evil)
    await visit('#/sites/gone/people', 'There is nothing here under that name.')
    assert.equal(document.querySelector('main a')?.getAttribute('href'), '#/')
  })

  it('shows the sites where a proxy keeps /readyz to itself', async () => {
    start({ ask: backend({ 'GET /readyz': () => new Response('<h1>Forbidden</h1>', { status: 403 }) }).ask })
    enter()
    await until(evil)
    await until('is not known')
  })

  it('takes a name as it is shown, not as it is spelt', async () => {
    const { ask, calls } = backend({ 'GET /sites/4f1c': () => Response.json({ ...shop, name: 'My  \u202eshop' }), 'DELETE /sites/4f1c': () => new Response(null, { status: 204 }) })
    start({ ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Remove the site')
    document.querySelector<HTMLElement>('button.danger')?.click()
    fill('typed', 'My shop').dispatchEvent(new Event('input'))
    press('Remove for good')
    await waitUntil(() => calls.includes('DELETE /sites/4f1c'))
  })

  it('goes on with the list that is shown where a search came while more of it was loading', async () => {
    const slow = later()
    const queries: string[] = []
    const own = backend()
    const ask: typeof fetch = async (url, init) => {
      const { pathname, searchParams } = new URL(url as string, location.href)
      if (!pathname.endsWith('/users')) return own.ask(url, init)
      queries.push(searchParams.toString())
      return queries.length === 2 ? slow.answer : Response.json({ items: [anna], next: 'page-2' })
    }
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people', 'anna@example.com')
    press('Show more')
    fill('q', 'bert')
    press('Search')
    slow.give(Response.json({ items: [anna], next: 'page-3' }))
    await waitUntil(() => document.querySelectorAll('tbody tr').length === 2)
    press('Show more')
    await waitUntil(() => queries.length === 3)
    assert.equal(queries[2], 'q=&cursor=page-3')
  })
})
