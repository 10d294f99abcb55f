import { assert, waitUntil } from '@open-wc/testing'
import { keep, kept } from '../page.ts'
import { FakeClient, session, waiting } from './fake-client.ts'
import { LinklatchSignIn } from './sign-in-element.ts'

customElements.define('linklatch-sign-in', LinklatchSignIn)

let client: FakeClient
let element: LinklatchSignIn

const root = (): ShadowRoot => element.shadowRoot ?? assert.fail('no shadow root')
const find = <Kind extends HTMLElement = HTMLElement>(selector: string): Kind => root().querySelector<Kind>(selector) ?? assert.fail(selector)
const part = (name: string): string => find(`[part~=${name}]`).textContent ?? ''
const button = (text: string): HTMLElement => [...root().querySelectorAll('button')].find((one) => one.textContent?.includes(text)) ?? assert.fail(text)
const press = (): void => find<HTMLFormElement>('form').requestSubmit()

async function mount(attributes: Record<string, string> = {}): Promise<void> {
  element = new LinklatchSignIn()
  element.client = client
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  await element.updateComplete
}
async function step(cause: Parameters<FakeClient['step']>[0]): Promise<void> {
  client.step(cause)
  await element.updateComplete
}

beforeEach(() => {
  keep('address', '')
  client = new FakeClient()
})
afterEach(() => element.remove())

describe('<linklatch-sign-in> asks', () => {
  it('with one labelled address field and one submit button in a real form', async () => {
    await mount()
    const form = find<HTMLFormElement>('form')
    const input = find<HTMLInputElement>('input[type=email][autocomplete=email][name=email]')
    assert.isTrue(input.form === form)
    assert.strictEqual(input.labels?.[0]?.textContent, 'E-mail address')
    assert.lengthOf(root().querySelectorAll('button[type=submit]'), 1)
    assert.strictEqual(form.noValidate, true)
  })

  it('for a phone number when the channel says so', async () => {
    await mount({ channel: 'sms' })
    find<HTMLInputElement>('input[type=tel][autocomplete=tel]').value = '+15550100200'
    press()
    assert.include(client.asked.at(-1), { phone: '+15550100200' })
  })

  it('and hands on the address, where to go, and the language', async () => {
    await mount({ 'redirect-to': '/in', locale: 'de' })
    find<HTMLInputElement>('input').value = 'ann@example.com'
    press()
    assert.deepEqual(client.asked.at(-1), { email: 'ann@example.com', redirectTo: '/in', locale: 'de' })
  })

  it('and names its server and site, but no address that is not http', async () => {
    await mount({ server: 'https://auth.example.com/x', site: 's9' })
    assert.deepInclude(client.asked, { server: 'https://auth.example.com', site: 's9' })
    element.setAttribute('server', 'javascript:alert(1)')
    assert.strictEqual(client.asked.at(-1), 'invalid_server')
  })

  it('once: a second press while it sends does nothing', async () => {
    await mount()
    await step({ type: 'submitted', address: 'ann@example.com' })
    const before = client.asked.length
    press()
    assert.lengthOf(client.asked, before)
    assert.strictEqual(find('button[type=submit]').getAttribute('aria-disabled'), 'true')
  })

  it('says once that it sends, also where the client comes later and begins anew', async () => {
    await mount()
    const said: string[] = []
    new MutationObserver((records) => said.push(...records.map(({ target }) => target.textContent ?? ''))).observe(element.shadowRoot?.querySelector('[part=status]') ?? element, { childList: true })
    await step({ type: 'submitted', address: 'ann@example.com' })
    await step({ type: 'submitted', address: 'ann@example.com' })
    assert.deepEqual(said, ['Sending…'])
  })

  it('again after a refusal, with the address kept, the field marked and focused, the sentence shown and announced', async () => {
    await mount()
    find<HTMLInputElement>('input').value = 'ann@'
    find('input').focus()
    await step({ type: 'submitted', address: 'ann@' })
    await step({ type: 'refused', failure: { code: 'invalid_address' } })
    const input = find<HTMLInputElement>('input')
    assert.strictEqual(input.value, 'ann@')
    assert.strictEqual(input.getAttribute('aria-invalid'), 'true')
    assert.include(root().getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent, 'whole e-mail address')
    assert.isTrue(root().activeElement === input)
    assert.include(part('status'), 'whole e-mail address')
  })

  it('but not before a rate limit has run out, which it counts down', async () => {
    await mount()
    await step({ type: 'refused', failure: { code: 'rate_limited', retryAt: Math.floor(Date.now() / 1000) + 42 } })
    assert.match(part('error'), /50 sec/)
    press()
    assert.strictEqual(client.asked.some((one) => typeof one === 'object' && one !== null && 'email' in one), false)
  })

  it('for a code where the page says that its mails hold no link, but for the page’s own words', async () => {
    await mount({ 'code-only': '' })
    await waitUntil(() => part('text') === 'We e-mail you a code. No password needed.')
    assert.strictEqual(part('button'), 'Send me a code')
    element.messages = { send: 'Go on' }
    await element.updateComplete
    assert.strictEqual(part('button'), 'Go on')
    element.setAttribute('code-only', 'false')
    await element.updateComplete
    assert.match(part('text'), /^We e-mail you a link/)
  })

  it('also where a framework sets the attribute’s name in camel case as a field, which does nothing', async () => {
    await mount()
    Object.assign(element, { codeOnly: true, noRemember: true })
    await element.updateComplete
    assert.match(part('text'), /^We e-mail you a link/)
  })

  it('with the page’s own words in its slots', async () => {
    await mount()
    element.innerHTML = '<span slot="heading">Welcome</span>'
    assert.lengthOf(find<HTMLSlotElement>('h2 slot[name=heading]').assignedElements(), 1)
  })
})

describe('<linklatch-sign-in> waits', () => {
  beforeEach(async () => {
    await mount()
    await step({ type: 'sent', waiting: waiting() })
  })

  it('with the match number alone in its part, and where the mail went', () => {
    assert.strictEqual(part('number'), '07')
    assert.strictEqual(part('address'), 'ann@example.com')
  })

  it('without a number where no page takes one', async () => {
    assert.isFalse(find('[part=match]').hidden)
    await step({ type: 'sent', waiting: { ...waiting(), number: '' } })
    assert.isTrue(find('[part=match]').hidden)
  })

  it('for a code alone where A mails no link, and says so to the end', async () => {
    await step({ type: 'sent', waiting: { ...waiting(), number: '', codeOnly: true } })
    await waitUntil(() => /^We sent a code to/.test(part('text')))
    assert.strictEqual(part('label'), 'Type the six-digit code here')
    await step({ type: 'refused', failure: { code: 'wrong_code' } })
    assert.strictEqual(part('error'), 'That code does not fit. Check the digits.')
    await step({ type: 'state', id: 's1', state: 'rejected' })
    assert.strictEqual(part('text'), 'A wrong code was typed five times.')
    assert.strictEqual(part('button'), 'Send a new code')
    assert.notInclude(root().textContent, 'link')
  })

  it('and says what becomes of the mail, each change once', async () => {
    for (const status of ['sent', 'deferred', 'failed'] as const) {
      await step({ type: 'delivery', id: 's1', status })
      assert.strictEqual(part('status'), part('delivery'))
    }
  })

  it('and takes a pasted code with spaces by itself, but not twice', () => {
    const input = find<HTMLInputElement>('input[autocomplete=one-time-code][inputmode=numeric]')
    input.value = '123 456'
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    assert.lengthOf(client.asked.filter((one) => one === '123456'), 1)
  })

  it('and takes the code as keyboards of other scripts write it, with what clipboards bring along', () => {
    const input = find<HTMLInputElement>('input[autocomplete=one-time-code]')
    const typed = ['１２３４５０', '١٢٣٤٥١', '۱۲۳ ۴۵۲', '\u200e123453\u200e', '\u200b123–454', '123\u2011455', '123456.']
    for (const value of typed) {
      input.value = value
      input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    }
    assert.deepEqual(client.asked.slice(-typed.length), typed.map((_, index) => String(123450 + index)))
  })

  it('and sends again on request, but not before the countdown is over', async () => {
    button('Send it again').click()
    assert.strictEqual(client.asked.at(-1), 'resend')
    await step({ type: 'delivery', id: 's1', status: 'queued', resendAt: Math.floor(Date.now() / 1000) + 30 })
    button('Send it again (30 sec)').click()
    assert.lengthOf(client.asked.filter((one) => one === 'resend'), 1)
  })

  it('until another address is wanted', () => {
    button('Use another address').click()
    assert.strictEqual(client.asked.at(-1), 'cancel')
  })
})

describe('<linklatch-sign-in> ends', () => {
  for (const why of ['expired', 'rejected', 'cancelled', 'moved'] as const) {
    it(`with a view for ${why} that sends to the same address again`, async () => {
      await mount()
      await step({ type: 'sent', waiting: waiting() })
      await step({ type: 'state', id: 's1', state: why })
      assert.notStrictEqual(part('heading'), '')
      press()
      assert.include(client.asked.at(-1), { email: 'ann@example.com' })
    })
  }

  it('signed in: who, and the way out', async () => {
    await mount()
    await step({ type: 'session', session, kept: 'cookie' })
    assert.strictEqual(part('address'), 'ann@example.com')
    button('Sign out').click()
    assert.strictEqual(client.asked.at(-1), 'sign-out')
  })

  it('and says aloud when a reload will end it', async () => {
    await mount()
    await step({ type: 'session', session, kept: 'memory' })
    assert.include(part('note'), 'reloading')
  })

  it('and takes back an announcement that is true no longer', async () => {
    await mount()
    await step({ type: 'session', session, kept: 'cookie' })
    await step({ type: 'refused', failure: { code: 'server_unreachable' } })
    assert.include(part('status'), 'cannot be reached')
    await step({ type: 'session', session: { ...session, accessToken: 'renewed' }, kept: 'cookie' })
    assert.strictEqual(part('status'), '')
  })

  it('and announces nothing of what the page began with', async () => {
    client.state = { phase: { name: 'starting', landing: false }, session: null }
    await mount()
    await step({ type: 'session', session, kept: 'cookie' })
    assert.strictEqual(part('status'), '')
  })
})

describe('<linklatch-sign-in> tells its page', () => {
  it('once, and each part of the page once, where one stands in a component and one outside', async () => {
    await mount()
    const parts = ['one', 'two'].map((name) => {
      const host = document.body.appendChild(document.createElement('div'))
      const inner = Object.assign(new LinklatchSignIn(), { client })
      host.attachShadow({ mode: 'open' }).append(inner)
      return { name, host }
    })
    const heard: string[] = []
    document.addEventListener('linklatch-sent', () => heard.push('page'))
    for (const { name, host } of parts) host.shadowRoot?.addEventListener('linklatch-sent', () => heard.push(name))
    await step({ type: 'sent', waiting: waiting() })
    assert.deepEqual(heard.sort(), ['one', 'page', 'two'])
    element.remove()
    heard.length = 0
    await step({ type: 'sent', waiting: waiting() })
    assert.deepEqual(heard.sort(), ['one', 'page', 'two'])
    for (const { host } of parts) host.remove()
  })

  it('with events that bubble and are composed', async () => {
    const heard: string[] = []
    const listen = (event: Event): void => {
      if (event instanceof CustomEvent) heard.push(`${event.type} ${event.composed} ${JSON.stringify(event.detail)}`)
    }
    for (const name of ['session', 'sent', 'error']) document.addEventListener(`linklatch-${name}`, listen)
    await mount()
    await step({ type: 'sent', waiting: waiting() })
    await step({ type: 'refused', failure: { code: 'wrong_code' } })
    await step({ type: 'session', session, kept: 'cookie' })
    await step({ type: 'session', session: { ...session, accessToken: 'renewed' }, kept: 'cookie' })
    await step({ type: 'session', session: null })
    for (const name of ['session', 'sent', 'error']) document.removeEventListener(`linklatch-${name}`, listen)
    assert.deepEqual(heard, [
      'linklatch-sent true {}',
      'linklatch-error true {"code":"wrong_code"}',
      `linklatch-session true ${JSON.stringify({ session })}`,
      'linklatch-session true {"session":null}',
    ])
  })

  it('moves the focus to a new phase only when it was inside', async () => {
    await mount()
    await step({ type: 'sent', waiting: waiting() })
    assert.isTrue(root().activeElement === null)
    find('input').focus()
    await step({ type: 'state', id: 's1', state: 'expired' })
    assert.isTrue(root().activeElement === find('h2'))
  })

  it('keeps the focus inside when "Send a new link" is pressed by keyboard', async () => {
    await mount()
    await step({ type: 'sent', waiting: waiting() })
    await step({ type: 'state', id: 's1', state: 'expired' })
    button('Send a new link').focus()
    await step({ type: 'submitted', address: 'ann@example.com' })
    assert.isTrue(root().activeElement === button('Sending'))
    await step({ type: 'sent', waiting: waiting({ id: 's2' }) })
    assert.isTrue(root().activeElement === find('h2'))
  })
})

describe('<linklatch-sign-in> helps', () => {
  const there = (selector: string): Promise<void> => waitUntil(() => root().querySelector(selector), selector, { timeout: 25_000 })

  it('and lets nobody write over what is typed, another tab that signs in least of all', async () => {
    await mount()
    keep('address', 'ann@example.com')
    find<HTMLInputElement>('input').value = 'b'
    find('input').dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }))
    await element.updateComplete
    assert.strictEqual(find<HTMLInputElement>('input').value, 'b')
  })

  it('with the address of last time, which only a session makes known', async () => {
    await mount()
    await step({ type: 'submitted', address: 'typo@example.com' })
    await step({ type: 'sent', waiting: waiting() })
    assert.strictEqual(kept('address'), '')
    await step({ type: 'session', session, kept: 'cookie' })
    await step({ type: 'session', session: null })
    assert.strictEqual(find<HTMLInputElement>('input').value, 'ann@example.com')
  })

  it('but keeps nothing where the page says so', async () => {
    keep('address', 'before@example.com')
    await mount({ 'no-remember': '' })
    assert.strictEqual(find<HTMLInputElement>('input').value, '')
    await step({ type: 'session', session, kept: 'cookie' })
    assert.strictEqual(kept('address'), 'before@example.com')
  })

  it('and keeps it where a framework writes "false"', async () => {
    keep('address', 'before@example.com')
    await mount({ 'no-remember': 'false' })
    assert.strictEqual(find<HTMLInputElement>('input').value, 'before@example.com')
    await step({ type: 'session', session, kept: 'cookie' })
    assert.strictEqual(kept('address'), 'ann@example.com')
  })

  it('to the mailbox of a big provider, and with what to do when no mail comes', async () => {
    await mount()
    await step({ type: 'sent', waiting: waiting({ address: 'ann@gmail.com' }) })
    await there('a[part=mailbox]')
    assert.strictEqual(find<HTMLAnchorElement>('a[part=mailbox]').textContent, 'Open Gmail')
    assert.strictEqual(find('a[part=mailbox]').getAttribute('rel'), 'noopener noreferrer')
    assert.include(find('details').textContent, 'spam')
    await step({ type: 'delivery', id: 's1', status: 'failed' })
    assert.isNull(root().querySelector('a'))
  })

  it('no further than needed: no number once the link was approved', async () => {
    await mount()
    await step({ type: 'sent', waiting: waiting() })
    await step({ type: 'state', id: 's1', state: 'approved' })
    assert.isTrue(find('[part=match]').hidden)
  })

  it('whoever mistyped one address while another has to wait', async () => {
    await mount()
    const retryAt = Math.floor(Date.now() / 1000) + 42
    await step({ type: 'submitted', address: 'ann@example.com' })
    await step({ type: 'refused', failure: { code: 'rate_limited', retryAt, address: 'ann@example.com' } })
    press()
    assert.notInclude(JSON.stringify(client.asked), 'email')
    const input = find<HTMLInputElement>('input')
    input.value = 'bob@example.com'
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await element.updateComplete
    assert.isFalse(find('button[type=submit]').hasAttribute('aria-disabled'))
    press()
    assert.include(client.asked.at(-1), { email: 'bob@example.com' })
  })

  it('in the language of its locale, with the owner’s own sentences before those', async () => {
    await mount({ locale: 'de-CH' })
    await waitUntil(() => part('heading') === 'Anmelden', 'German', { timeout: 25_000 })
    assert.strictEqual(find('form').lang, 'de')
    element.messages = { heading: 'Grüezi' }
    await element.updateComplete
    assert.strictEqual(part('heading'), 'Grüezi')
    assert.strictEqual(find('label').textContent, 'E-Mail-Adresse')
  })

  it('in the language that the page changes to, and back', async () => {
    await mount()
    document.documentElement.lang = 'de'
    await waitUntil(() => part('heading') === 'Anmelden', 'German', { timeout: 25_000 })
    document.documentElement.lang = 'en'
    await waitUntil(() => part('heading') === 'Sign in', 'English', { timeout: 25_000 })
    element.remove()
    document.documentElement.lang = 'fr'
    await new Promise((resolve) => setTimeout(resolve, 100))
    document.documentElement.lang = 'en'
    assert.strictEqual(find('form').lang, 'en')
  })

  it('with the owner’s sentences also where they were set before the script came', async () => {
    const early = document.implementation.createHTMLDocument().createElement('linklatch-sign-in')
    Object.assign(early, { client, messages: { heading: 'Grüezi' } })
    document.body.append(early)
    element = early
    await element.updateComplete
    assert.strictEqual(part('heading'), 'Grüezi')
    element.messages = { heading: 'Salut' }
    await element.updateComplete
    assert.strictEqual(part('heading'), 'Salut')
  })

  it('in the language that was wished last, whichever comes last', async () => {
    await mount({ locale: 'fr' })
    await waitUntil(() => find('form').lang === 'fr', 'French', { timeout: 25_000 })
    element.setAttribute('locale', 'nl')
    // Until its file is asked for.
    await new Promise((resolve) => setTimeout(resolve))
    element.setAttribute('locale', 'fr')
    await import('../messages/nl.ts')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await element.updateComplete
    assert.strictEqual(find('form').lang, 'fr')
  })

  for (const locale of ['ar', 'de', 'en', 'fr', 'uk']) {
    it(`with room for six digits beside or over a long word: ${locale}`, async () => {
      await mount({ locale })
      element.style.inlineSize = '288px'
      await step({ type: 'sent', waiting: waiting() })
      await waitUntil(() => element.extra && find('form').lang === locale, locale, { timeout: 25_000 })
      await element.updateComplete
      const input = find<HTMLInputElement>('[part~=code]')
      input.value = '888888'
      assert.isAtMost(input.scrollWidth, input.clientWidth)
    })
  }

  it('nothing of what was true when it left the page, where it is put back', async () => {
    await mount()
    await step({ type: 'sent', waiting: waiting() })
    assert.include(part('status'), 'Check your mail')
    element.remove()
    await step({ type: 'session', session, kept: 'cookie' })
    document.body.append(element)
    await element.updateComplete
    assert.strictEqual(part('status'), '')
  })

  it('by one voice alone where two stand in a page', async () => {
    await mount()
    const other = new LinklatchSignIn()
    other.client = client
    document.body.append(other)
    await step({ type: 'sent', waiting: waiting() })
    await other.updateComplete
    const said = [element, other].map((one) => one.shadowRoot?.querySelector('[part=status]')?.textContent)
    other.remove()
    assert.match(said[0] ?? '', /Check your mail/)
    assert.strictEqual(said[1], '')
  })

  it('without saying twice what takes the focus', async () => {
    await mount()
    find('input').focus()
    await step({ type: 'sent', waiting: waiting() })
    assert.notInclude(part('status'), 'Check your mail')
    assert.include(part('status'), 'ann@example.com')
  })
})

describe('<linklatch-sign-in> takes the focus', () => {
  it('for the field, where the page gives it to the element: a dialog that opens', async () => {
    await mount()
    element.focus()
    assert.strictEqual(element.root.activeElement?.id, 'field')
  })
})

describe('<linklatch-sign-in> leaves', () => {
  it('no listener and no timer after 100 mounts and removals', async () => {
    let timers = 0
    const { setTimeout: set, clearTimeout: clear } = window
    window.setTimeout = ((...args: Parameters<typeof set>) => { timers++; return set(...args) }) as typeof set
    window.clearTimeout = (id) => { if (id !== undefined) timers--; clear(id) }
    client.state = { phase: { name: 'waiting', waiting: waiting({ resendAt: Date.now() }), checking: false }, session: null }
    for (let mounts = 0; mounts < 100; mounts++) {
      await mount()
      element.remove()
    }
    window.setTimeout = set
    window.clearTimeout = clear
    assert.strictEqual(client.listeners.size, 0)
    assert.isAtMost(timers, 0)
  })
})
