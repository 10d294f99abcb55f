import { assert, expect, waitUntil } from '@open-wc/testing'
import { initialsOf } from '../later/account.ts'
import { keep, kept } from '../page.ts'
import { FakeClient, session } from '../sign-in/fake-client.ts'
import { LinklatchSignIn } from '../sign-in/sign-in-element.ts'
import { LinklatchUser } from './user-element.ts'

customElements.define('linklatch-user', LinklatchUser)
customElements.define('linklatch-sign-in', LinklatchSignIn)

const realFetch = window.fetch
const listed = (sid: string, current: boolean) => ({ sid, current, created_at: 1, last_seen_at: 1_700_000_000, browser: current ? 'Firefox on Linux' : 'Safari on iPhone' })
let client: FakeClient
let element: LinklatchUser
let requests: string[] = []
let answers: Record<string, Response> = {}

const root = (): ShadowRoot => element.shadowRoot ?? assert.fail('no shadow root')
const text = (): string => root().textContent?.replace(/\s+/g, ' ').trim() ?? ''
const press = (name: string): void => {
  const found = [...root().querySelectorAll<HTMLElement>('button, summary')].find((one) => one.textContent?.trim() === name)
  if (!found) throw new Error(`no button ${name} in ${text()}`)
  found.click()
}
const says = (words: string): Promise<void> => waitUntil(() => text().includes(words), words, { timeout: 25_000 })

beforeEach(async () => {
  requests = []
  answers = { 'GET /v1/me': Response.json({ user: session.user, sessions: [listed('s1', true), listed('s2', false), { sid: 3 }] }) }
  window.fetch = (url, init) => {
    const { pathname, origin } = new URL(url as string)
    const authorization = new Headers(init?.headers).get('authorization')
    requests.push(`${init?.method} ${origin}${pathname} ${authorization} ${init?.credentials}`)
    return Promise.resolve(answers[`${init?.method} ${pathname}`] ?? new Response(null, { status: 204 }))
  }
  client = new FakeClient()
  element = new LinklatchUser()
  element.client = client
  document.body.append(element)
  await element.updateComplete
})
afterEach(() => {
  window.fetch = realFetch
  element.remove()
})

async function openMenu(): Promise<void> {
  client.step({ type: 'session', session, kept: 'cookie' })
  await waitUntil(() => root().querySelector('summary'), 'the menu', { timeout: 25_000 })
  root().querySelector('summary')?.click()
  await says('Safari on iPhone')
}

describe('<linklatch-user>', () => {
  it('is empty while nobody is signed in', () => assert.strictEqual(text(), ''))

  it('says at each button that ends a session which one it ends', async () => {
    await openMenu()
    const names = [...root().querySelectorAll('[part~=end]')].map((one) => one.getAttribute('aria-labelledby')?.split(' ').map((id) => root().getElementById(id)?.textContent).join(' '))
    assert.lengthOf(names, 1)
    assert.match(names[0] ?? '', /^End Safari on iPhone .*2023/)
  })

  it('shows who is signed in, with initials, and where', async () => {
    await openMenu()
    assert.strictEqual(root().querySelector('[part=avatar]')?.textContent, 'A')
    assert.strictEqual(root().querySelector('[part=address]')?.textContent, 'ann@example.com')
    assert.include(text(), 'Firefox on Linux')
    assert.include(text(), 'Safari on iPhone')
    assert.lengthOf(root().querySelectorAll('li'), 2)
    assert.deepEqual(requests, ['GET https://auth.example.com/v1/me Bearer at omit'])
    await expect(element).to.be.accessible()
  })

  it('keeps its looks where it is moved to, or put back', async () => {
    await openMenu()
    const rounded = () => getComputedStyle(root().querySelector('[part=avatar]') ?? assert.fail('no avatar')).borderRadius
    assert.strictEqual(rounded(), '50%')
    const header = document.createElement('header')
    document.body.prepend(header)
    header.append(element)
    assert.strictEqual(rounded(), '50%')
    element.remove()
    document.body.append(element)
    assert.strictEqual(rounded(), '50%')
    header.remove()
  })

  it('adds what comes later once, however many attributes it is given at once', async () => {
    const fresh = new LinklatchUser()
    document.body.append(fresh)
    for (const [name, value] of Object.entries({ server: 'https://auth.example.com', site: 's1', locale: 'en' })) fresh.setAttribute(name, value)
    await waitUntil(() => fresh.extra, 'what comes later', { timeout: 25_000 })
    assert.lengthOf(fresh.root.adoptedStyleSheets, 2)
    fresh.remove()
  })

  it('names browsers in its own language, the unknown one too', async () => {
    element.setAttribute('locale', 'de')
    answers['GET /v1/me'] = Response.json({ sessions: [listed('s1', true), listed('s2', false), { ...listed('s3', false), browser: 'a browser' }, { ...listed('s4', false), browser: 'curl' }] })
    client.step({ type: 'session', session, kept: 'cookie' })
    await waitUntil(() => root().querySelector('summary'), 'the menu', { timeout: 25_000 })
    root().querySelector('summary')?.click()
    await says('Firefox unter Linux')
    assert.match(text(), /Safari unter iPhone.*Ein Browser.*curl/)
  })

  it('ends another session, and only that one', async () => {
    await openMenu()
    press('End')
    await waitUntil(() => root().querySelectorAll('li').length === 1, 'one left', { timeout: 25_000 })
    assert.include(requests, 'DELETE https://auth.example.com/v1/me/sessions/s2 Bearer at omit')
    assert.include(text(), 'This browser')
  })

  it('takes a session that is over already off the list: a second press, or another device, was quicker', async () => {
    answers['DELETE /v1/me/sessions/s2'] = Response.json({ code: 'not_found' }, { status: 404 })
    await openMenu()
    press('End')
    await waitUntil(() => root().querySelectorAll('li').length === 1, 'one left', { timeout: 25_000 })
    assert.strictEqual(root().querySelector('[part=error]')?.textContent, '')
  })

  /** Said by hand: a page among others that run at the same time has no focus to move. */
  const focusGoes = (from: Element, to: Element) => from.dispatchEvent(new FocusEvent('focusout', { bubbles: true, composed: true, relatedTarget: to }))

  it('closes where the focus goes on to the page, or the page is pressed, so that nothing lies over it', async () => {
    const isOpen = () => root().querySelector('details')?.open
    const link = document.createElement('button')
    document.body.append(link)
    await openMenu()
    const items = [...root().querySelectorAll('button')]
    for (const item of items) focusGoes(root().querySelector('summary') ?? item, item)
    assert.isTrue(isOpen())
    focusGoes(items[0] ?? assert.fail('no item'), link)
    assert.isFalse(isOpen())
    root().querySelector('summary')?.click()
    await says('This browser')
    const pressed = (where: Element) => where.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }))
    pressed(items[0] ?? assert.fail('no item'))
    assert.isTrue(isOpen())
    pressed(link)
    assert.isFalse(isOpen())
    link.remove()
  })

  it('stays open where a part of the page around it takes the focus, as in WebKit by a press on a button', async () => {
    const main = document.createElement('main')
    main.tabIndex = -1
    document.body.append(main)
    main.append(element)
    await openMenu()
    focusGoes(root().querySelector('button') ?? assert.fail('no item'), main)
    assert.isTrue(root().querySelector('details')?.open)
    main.remove()
  })

  it('signs out here, and everywhere', async () => {
    await openMenu()
    press('Sign out')
    await waitUntil(() => client.asked.includes('sign-out'), 'signed out', { timeout: 25_000 })
    press('Sign out everywhere')
    await waitUntil(() => client.asked.includes('sign-out everywhere'), 'signed out everywhere', { timeout: 25_000 })
  })

  it('asks before it deletes the account, and can be told no', async () => {
    await openMenu()
    press('Delete my account')
    await says('cannot be undone')
    press('Keep it')
    await waitUntil(() => !text().includes('cannot be undone'), 'the question is gone', { timeout: 25_000 })
    assert.isFalse(requests.some((request) => request.startsWith('DELETE')))
  })

  it('deletes it, forgets the address and signs out', async () => {
    keep('address', 'ann@example.com')
    await openMenu()
    press('Delete my account')
    await says('cannot be undone')
    press('Delete it')
    await waitUntil(() => client.asked.includes('sign-out'), 'signed out', { timeout: 25_000 })
    assert.include(requests, 'DELETE https://auth.example.com/v1/me Bearer at omit')
    assert.strictEqual(kept('address'), '')
  })

  it('says that an old sign-in is not enough to delete it', async () => {
    answers['DELETE /v1/me'] = Response.json({ code: 'fresh_sign_in_required' }, { status: 403 })
    await openMenu()
    press('Delete my account')
    await says('cannot be undone')
    press('Delete it')
    await says('last ten minutes')
    assert.notInclude(client.asked, 'sign-out')
  })

  it('shows nothing to the next person of what the one before left', async () => {
    await openMenu()
    press('Delete my account')
    await says('cannot be undone')
    let late: ((answer: Response) => void) | undefined
    window.fetch = () => new Promise((resolve) => { late = resolve })
    root().querySelector('details')?.dispatchEvent(new Event('toggle'))
    await waitUntil(() => late, 'asked again')
    client.step({ type: 'session', session: { ...session, user: { ...session.user, id: 'u2', email: 'bob@example.com' } }, kept: 'cookie' })
    late?.(Response.json({ sessions: [listed('s2', false)] }))
    await says('bob@example.com')
    await new Promise((resolve) => setTimeout(resolve))
    await element.updateComplete
    assert.isFalse(root().querySelector('details')?.open)
    assert.notMatch(text(), /cannot be undone|Safari on iPhone/)
  })

  it('says nobody is signed in once the session was ended elsewhere, at the next press', async () => {
    await openMenu()
    answers['GET /v1/me/export'] = Response.json({ code: 'unauthorized' }, { status: 401 })
    press('Download my data')
    await waitUntil(() => text() === '', 'nobody', { timeout: 25_000 })
  })

  it('says when to try again what was asked for too often, and what else went wrong', async () => {
    await openMenu()
    answers['GET /v1/me/export'] = Response.json({ code: 'rate_limited' }, { status: 429, headers: { 'retry-after': '600' } })
    press('Download my data')
    await says('That was too often. Try again in 10 min.')
    window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    press('Download my data')
    await says('https://auth.example.com cannot be reached')
  })

  it('gives the data as a file', async () => {
    answers['GET /v1/me/export'] = Response.json({ user: session.user })
    let name = ''
    const click = HTMLAnchorElement.prototype.click
    HTMLAnchorElement.prototype.click = function () { name = this.download }
    await openMenu()
    press('Download my data')
    await waitUntil(() => name, 'the file', { timeout: 25_000 })
    HTMLAnchorElement.prototype.click = click
    assert.strictEqual(name, 'my-data.json')
  })

  it('opens its menu where it can be seen, wherever its line stands', async () => {
    await openMenu()
    const panel = root().querySelector<HTMLElement>('[part=panel]') ?? assert.fail('no panel')
    const isSeen = (): boolean => {
      const { left, right } = panel.getBoundingClientRect()
      return left >= 0 && right <= document.documentElement.clientWidth
    }
    const toggle = (): void => root().querySelector('summary')?.click()
    for (const place of ['left: 0', 'right: 0', 'left: 40%', 'right: 0; direction: rtl']) {
      toggle()
      element.style.cssText = `position: absolute; top: 0; ${place}`
      toggle()
      await waitUntil(isSeen, place)
    }
  })

  it('closes with Escape and gives the focus back', async () => {
    await openMenu()
    root().querySelector('button')?.focus()
    root().querySelector('button')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }))
    assert.isFalse(root().querySelector('details')?.open)
    assert.isTrue(root().activeElement === root().querySelector('summary'))
  })

  it('makes two letters of an address at most', () => {
    assert.deepEqual(['ann.bee@x.example', 'ann@x.example', 'a_b-c@x', '+49', ''].map(initialsOf), ['AB', 'A', 'AB', '4', ''])
  })

  it('leaves the focus to the form after a sign-out, in a component of the page too', async () => {
    const component = document.createElement('div')
    const inside = component.attachShadow({ mode: 'open' })
    const form = new LinklatchSignIn()
    form.client = client
    document.body.append(component)
    inside.append(element, form)
    try {
      await openMenu()
      root().querySelector('button')?.focus()
      client.step({ type: 'session', session: null })
      await waitUntil(() => form.root.activeElement?.localName === 'input', 'the focus in the form', { timeout: 2000 })
    } finally {
      component.remove()
    }
  })
})
