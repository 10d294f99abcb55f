import { assert, waitUntil } from '@open-wc/testing'
import { anna, backend, evil, later, leaveNoHash, operator, settled, shop } from './testing/operator.ts'

const notSaved = () => new Response(JSON.stringify({ detail: 'This could not be saved.' }), { status: 503 })

/** A record that others change too: what is sent to change it, and how it stands. */
function shared<Kept extends object>(path: string, kept: Kept, answers: Parameters<typeof backend>[0] = {}) {
  const record = { kept, bodies: [] as unknown[] }
  const own = backend({ ...answers, [`GET ${path}`]: () => Response.json(record.kept) })
  const ask: typeof fetch = async (url, init) => {
    if (init?.method !== 'PATCH') return own.ask(url, init)
    const body = JSON.parse(init.body as string) as object
    record.bodies.push(body)
    record.kept = { ...record.kept, ...body }
    return Response.json(record.kept)
  }
  return { record, ask }
}

describe('the console’s screens', () => {
  const { start, text, until, find, fill, press, enter, visit, close } = operator()
  afterEach(() => {
    close()
    leaveNoHash()
  })

  it('are not refused by what another of them was refused', async () => {
    const gone = later()
    const { ask, calls } = backend({ 'GET /sites/gone': () => gone.answer })
    start({ ask })
    enter()
    await until(evil)
    location.hash = '#/sites/gone/people'
    await waitUntil(() => calls.includes('GET /sites/gone'))
    location.hash = '#/sites/4f1c/people'
    gone.give(new Response('{}', { status: 404 }))
    await until('anna@example.com')
    assert.notInclude(text(), 'Not shown')
  })

  it('are shown where an act on the one before is refused meanwhile', async () => {
    const slow = later()
    const opening = later()
    start({ ask: backend({ 'PATCH /sites/4f1c/users/anna': () => slow.answer, 'GET /events': () => opening.answer }).ask })
    enter()
    await visit('#/sites/4f1c/people/anna', 'Firefox on Linux')
    press('Block')
    location.hash = '#/log'
    await settled()
    slow.give(notSaved())
    await until('This could not be saved.')
    opening.give(Response.json({ items: [] }))
    await until('Nothing yet.')
    assert.include(text(), 'This could not be saved.')
  })

  it('stay where the operator went while an act on another ran', async () => {
    const slow = later()
    start({ ask: backend({ 'PATCH /sites/4f1c': () => slow.answer }).ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Remove the site')
    fill('locale', 'de')
    press('Save')
    await visit('#/new', 'Add a site')
    fill('name', 'Typed meanwhile')
    slow.give(Response.json({ ...shop, webhook_secret: 'whsec_c2VjcmV0' }))
    await until('whsec_c2VjcmV0')
    assert.include(text(), 'Saved.')
    assert.equal(location.hash, '#/new')
    assert.equal(find<HTMLInputElement>('[name=name]').value, 'Typed meanwhile')
  })

  it('find a site among many', async () => {
    const items = Array.from({ length: 12 }, (_, index) => ({ ...shop, id: `s${index}`, name: `Site ${index}`, origins: [`https://of-${index}.example`] }))
    start({ ask: backend({ 'GET /sites': () => Response.json({ items }) }).ask })
    enter()
    await until('Site 11')
    fill('q', 'OF-7.')
    press('Search')
    await waitUntil(() => document.querySelectorAll('tbody tr').length === 1)
    assert.include(text(), 'Site 7')
    fill('q', 'nothing like it')
    press('Search')
    await until('No site of that name')
  })

  it('ask before they sign anybody out by narrower settings', async () => {
    const { ask, calls } = backend({ 'PATCH /sites/4f1c': () => Response.json({ ...shop, mode: 'invite' }) })
    start({ ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Remove the site')
    fill('mode', 'invite')
    press('Save')
    await until('Whoever is outside then is signed out at once')
    press('Cancel')
    await settled()
    assert.notInclude(calls, 'PATCH /sites/4f1c')
    press('Save')
    await until('Whoever is outside then is signed out at once')
    press('Narrow it')
    await until('Saved.')
    assert.include(calls, 'PATCH /sites/4f1c')
  })

  it('open again by a press on the link that leads to them', async () => {
    let isDown = true
    start({ ask: backend({ 'GET /events': () => (isDown ? notSaved() : Response.json({ items: [] })) }).ask })
    enter()
    await visit('#/log', 'Not shown')
    isDown = false
    find('a[href="#/log"]').click()
    await until('Nothing yet.')
    assert.notInclude(text(), 'This could not be saved.')
  })

  it('take the question of the one before with them', async () => {
    const { ask, calls } = backend()
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people/anna', 'Firefox on Linux')
    press('Erase…')
    await visit('#/log', 'Not shown')
    assert.equal(document.querySelector('dialog'), null)
    assert.notInclude(calls, 'DELETE /sites/4f1c/users/anna')
    assert.notInclude(text(), anna.email)
  })

  it('write over nothing that somebody else wrote meanwhile, and keep what was typed', async () => {
    const { record, ask } = shared('/sites/4f1c/users/anna', { ...anna, metadata: {} }, { 'POST /sites/4f1c/users/anna/revoke': () => new Response(null, { status: 204 }) })
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people/anna', 'Firefox on Linux')
    record.kept.metadata = { plan: 'theirs' }
    fill('roles', 'editor')
    press('Save')
    await until('Saved.')
    assert.deepEqual(record.bodies, [{ roles: ['editor'] }])
    record.kept.metadata = { plan: 'newer' }
    fill('metadata', '{"plan": "mine"}')
    press('Sign out everywhere')
    await until('Every session and every pending sign-in is over.')
    assert.equal(find<HTMLTextAreaElement>('[name=metadata]').value, '{"plan": "mine"}')
    press('Save')
    await until('Somebody else changed the metadata, to {"plan":"newer"}.')
    assert.lengthOf(record.bodies, 1)
    press('Save')
    await until('Saved.')
    assert.deepEqual(record.bodies[1], { metadata: { plan: 'mine' } })
  })

  it('find again what was searched for, when the browser goes back to them, and in no address', async () => {
    const queries: string[] = []
    const own = backend({ 'GET /sites/4f1c/sign-ins': () => Response.json({ items: [] }) })
    const ask: typeof fetch = (url, init) => {
      const { pathname, search } = new URL(url as string, location.href)
      if (/users$|sign-ins$/.test(pathname)) queries.push(search)
      return own.ask(url, init)
    }
    start({ ask })
    enter()
    await visit('#/sites/4f1c/people', 'anna@example.com')
    fill('q', 'ann')
    press('Search')
    await waitUntil(() => queries.length === 2)
    await settled()
    await visit('#/sites/4f1c/sign-ins', 'None.')
    assert.equal(find<HTMLSelectElement>('[name=state]').value, '')
    fill('state', 'rejected')
    press('Show')
    await waitUntil(() => queries.length === 4)
    await settled()
    await visit('#/log', 'There is nothing here')
    history.back()
    await until('None.')
    assert.equal(find<HTMLSelectElement>('[name=state]').value, 'rejected')
    history.back()
    await until('anna@example.com')
    assert.equal(find<HTMLInputElement>('[name=q]').value, 'ann')
    assert.deepEqual(queries.slice(4), ['?state=rejected&cursor=', '?q=ann&cursor='])
    assert.equal(location.hash, '#/sites/4f1c/people')
    assert.notInclude(JSON.stringify(history.state), 'ann')
    press('Lock')
    enter()
    await until('anna@example.com')
    assert.equal(find<HTMLInputElement>('[name=q]').value, '')
  })

  it('find a site again that was searched for', async () => {
    const items = Array.from({ length: 12 }, (_, index) => ({ ...shop, id: `s${index}`, name: `Site ${index}` }))
    start({ ask: backend({ 'GET /sites': () => Response.json({ items }) }).ask })
    enter()
    await until('Site 11')
    fill('q', 'site 7')
    press('Search')
    await waitUntil(() => document.querySelectorAll('tbody tr').length === 1)
    location.hash = '#/new'
    await waitUntil(() => document.querySelector('h1')?.textContent === 'Add a site')
    history.back()
    await waitUntil(() => document.querySelector('h1')?.textContent === 'Sites')
    assert.lengthOf(document.querySelectorAll('tbody tr'), 1)
  })

  it('write over no list of a site that somebody else wrote meanwhile, unless told to, and leave what others changed elsewhere', async () => {
    const { record, ask } = shared('/sites/4f1c', shop as object)
    start({ ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Remove the site')
    record.kept = { ...record.kept, origins: ['https://shop.example', 'https://theirs.example'], mode: 'invite' }
    fill('origins', 'https://shop.example\nhttps://mine.example')
    fill('locale', 'de')
    press('Save')
    await until('Somebody else changed Origins meanwhile, to: https://shop.example, https://theirs.example. Nothing was saved')
    assert.deepEqual(record.bodies, [])
    assert.include(find<HTMLTextAreaElement>('[name=origins]').value, 'mine')
    press('Save')
    await until('Saved.')
    assert.deepEqual(record.bodies, [{ locale: 'de', origins: ['https://shop.example', 'https://mine.example'] }])
    assert.equal(find<HTMLSelectElement>('[name=mode]').value, 'invite')
  })

  it('say what pages need where mails are to hold a link no more, or again', async () => {
    start({ ask: backend().ask })
    enter()
    await visit('#/sites/4f1c/settings', 'Remove the site')
    const choose = (value: string) => fill('ways', value).dispatchEvent(new Event('change', { bubbles: true }))
    choose('code')
    await until('Once it is saved, put the attribute code-only on the element in each of your pages')
    choose('strict')
    assert.notInclude(text(), 'Once it is saved')
    close()
    start({ ask: backend({ 'GET /sites/4f1c': () => Response.json({ ...shop, code_only: true }) }).ask })
    enter()
    await until('Remove the site')
    choose('link')
    await until('Once it is saved, take the attribute code-only from the element in each of your pages')
  })

  it('say beside the button that a text was copied, in a line for screen readers', async () => {
    start({ ask: backend().ask })
    enter()
    await visit('#/sites/4f1c/embed', 'Paste this')
    press('Copy')
    await waitUntil(() => find('.code [role=status]').textContent)
    assert.equal(find('.code button').textContent, 'Copy')
  })
})
