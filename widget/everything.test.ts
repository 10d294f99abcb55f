/** Nothing that the elements promise goes untried: lists that come from their own source. Attributes, events, slots and parts are held to it by `demo/e2e/manifest.test.ts`. */
import { assert, waitUntil } from '@open-wc/testing'
import type { ClientElement } from './client-element.ts'
import { LinklatchGate } from './gate/gate-element.ts'
import { accountStyles } from './later/account-styles.ts'
import { enMore } from './messages/en-more.ts'
import { en } from './messages/en.ts'
import type { Messages } from './messages/messages.ts'
import type { State } from './phase.ts'
import { FakeClient, session, waiting } from './sign-in/fake-client.ts'
import { LinklatchSignIn } from './sign-in/sign-in-element.ts'
import { styles } from './sign-in/styles.ts'
import { LinklatchUser } from './user/user-element.ts'

for (const [name, element] of Object.entries({ 'linklatch-sign-in': LinklatchSignIn, 'linklatch-user': LinklatchUser, 'linklatch-gate': LinklatchGate })) customElements.define(name, element)

const realFetch = window.fetch
const soon = Math.floor(Date.now() / 1000) + 20
const ask: State = { phase: { name: 'ask', address: '' }, session: null }
const wait = (more: Parameters<typeof waiting>[0] = {}, checking = false): State => ({ phase: { name: 'waiting', waiting: waiting(more), checking }, session: null })
const refused = (code: string): State => ({ ...ask, failure: { code } })

/** Every state that has words of its own. */
const states: State[] = [
  ...[true, false].map((landing): State => ({ phase: { name: 'starting', landing }, session: null })),
  ask,
  { phase: { name: 'sending', address: 'ann@example.com' }, session: null },
  ...(['queued', 'sent', 'deferred', 'failed'] as const).map((delivery) => wait({ delivery })),
  wait({ resendAt: soon }),
  wait({ address: 'ann@gmail.com' }),
  wait({ state: 'approved' }, true),
  ...(['expired', 'rejected', 'cancelled', 'moved'] as const).map((why): State => ({ phase: { name: 'ended', why, address: 'ann@example.com' }, session: null })),
  { phase: { name: 'signed-in' }, session, kept: 'memory', failure: { code: 'other_session' } },
  { ...ask, failure: { code: 'rate_limited', retryAt: soon } },
  ...['invalid_address', 'invalid_phone', 'wrong_code', 'invalid_grant', 'stream_lost', 'temporarily_unavailable', 'server_unreachable', 'frame_of_some_new_kind', 'what_nobody_knows'].map(refused),
  ...['origin_not_allowed', 'frame_blocked', 'connect_blocked', 'frame_refused', 'frame_nested', 'origin_opaque', 'origin_file', 'invalid_request', 'invalid_server'].map(refused),
]

/** Those in which a site that mails no link has words of its own. */
const withoutLink: State[] = [
  ask,
  ...[undefined, { code: 'wrong_code' }, { code: 'invalid_grant' }].map((failure): State => ({ ...wait({ codeOnly: true, number: '' }), failure })),
  ...(['expired', 'rejected', 'cancelled'] as const).map((why): State => ({ phase: { name: 'ended', why, address: 'ann@example.com', codeOnly: true }, session: null })),
]

async function draw<Kind extends ClientElement>(element: Kind, state: State, attributes: Record<string, string> = {}): Promise<Kind> {
  const client = new FakeClient()
  client.state = state
  element.client = client
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  await waitUntil(() => element.extra, 'what comes after the form', { timeout: 25_000 })
  await element.updateComplete
  return element
}

async function openAccount(messages: Partial<Messages> = {}): Promise<LinklatchUser> {
  const sessions = ['Firefox on Linux', 'a browser'].map((browser, at) => ({ sid: `s${at}`, current: at === 0, created_at: 1, last_seen_at: 1, browser }))
  window.fetch = async (_, init) => (init?.method === 'DELETE' ? Response.json({ code: 'fresh_sign_in_required' }, { status: 403 }) : Response.json({ sessions }))
  const menu = new LinklatchUser()
  menu.messages = messages
  await draw(menu, { phase: { name: 'signed-in' }, session, kept: 'cookie' })
  menu.root.querySelector('summary')?.click()
  await waitUntil(() => menu.root.querySelectorAll('li').length === 2, 'the sessions', { timeout: 25_000 })
  return menu
}
const pressDanger = async (menu: LinklatchUser): Promise<void> => {
  menu.root.querySelector<HTMLElement>('[part~=danger]')?.click()
  await menu.updateComplete
}

/** Sentences that a person can see: not what is hidden, nor the line for screen readers. */
function seenIn({ root }: ClientElement): string[] {
  const hidden = (node: Node): boolean => node.parentElement?.closest('[hidden], [part=status]') != null
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const found: string[] = []
  while (texts.nextNode()) if (!hidden(texts.currentNode)) found.push(...[...(texts.currentNode.textContent ?? '').matchAll(/«(\w+)»/g)].map(([, name = '']) => name))
  return found
}

afterEach(() => {
  window.fetch = realFetch
  document.body.replaceChildren()
})

describe('everything that the elements promise', () => {
  it('each sentence is shown somewhere', async () => {
    // The spelling of domains comes as a file of the built script: the gallery's phase `typo` has it.
    const { lang: _lang, dir: _dir, didYouMean: _spelling, noLink: _noLink, ...english } = { ...en, ...enMore }
    const marked = Object.fromEntries(Object.entries(english).map(([name, sentence]) => [name, `«${name}» ${(sentence.match(/\{\w*\}/g) ?? []).join(' ')}`]))
    const seen = new Set<string>()
    for (const channel of ['email', 'sms']) {
      for (const state of states) {
        const element = new LinklatchSignIn()
        element.messages = marked
        for (const name of seenIn(await draw(element, state, { channel }))) seen.add(name)
        element.remove()
      }
    }
    const menu = await openAccount(marked)
    const look = (): void => { for (const name of seenIn(menu)) seen.add(name) }
    look()
    await pressDanger(menu)
    look()
    await pressDanger(menu)
    await waitUntil(() => menu.root.querySelector('[part=error]')?.textContent, 'the refusal', { timeout: 25_000 })
    look()
    assert.deepEqual(Object.keys(english).filter((name) => !seen.has(name)), [])
  })

  it('each sentence for a site that mails no link too', async () => {
    let seen = ''
    for (const channel of ['email', 'sms']) {
      for (const state of withoutLink) {
        const element = await draw(new LinklatchSignIn(), state, { channel, 'code-only': '' })
        seen += element.root.textContent
        element.remove()
      }
    }
    assert.deepEqual(Object.values(enMore.noLink).filter((sentence) => !sentence.split('{}').every((piece) => seen.includes(piece))), [])
  })

  const other: Record<string, string> = { radius: '7px', spacing: '33px', font: 'monospace', shadow: 'none' }
  const propertiesOf = (sheet: string): string[] => [...new Set([...sheet.matchAll(/var\((--linklatch-[\w-]+)/g)].map(([, name = '']) => name))]
  const valueOf = (property: string): string => other[property.replace('--linklatch-', '')] ?? 'rgb(1, 2, 3)'
  const looksOf = (elements: ClientElement[]): string =>
    elements.flatMap((element) => [element, ...element.root.querySelectorAll('*')]).map((node) => {
      const { color, backgroundColor, borderColor, borderRadius, marginBlockStart, fontFamily, boxShadow } = getComputedStyle(node)
      return [color, backgroundColor, borderColor, borderRadius, marginBlockStart, fontFamily, boxShadow].join()
    }).join('\n')

  async function changesOf(elements: ClientElement[], sheet: string): Promise<string[]> {
    const still = new CSSStyleSheet()
    still.replaceSync('*, :host { animation: none !important; transition: none !important }')
    for (const { root } of elements) root.adoptedStyleSheets = [...root.adoptedStyleSheets, still]
    const before = looksOf(elements)
    return propertiesOf(sheet).filter((property) => {
      document.body.style.setProperty(property, valueOf(property))
      const after = looksOf(elements)
      document.body.style.removeProperty(property)
      return after === before
    })
  }

  it('each property of the form changes how it looks', async () => {
    const form = await Promise.all([refused('invalid_address'), wait(), states[0]].map((state = ask) => draw(new LinklatchSignIn(), state)))
    assert.isAtLeast(propertiesOf(styles).length, 13)
    assert.deepEqual(await changesOf(form, styles), [])
  })

  it('each property of the menu changes how it looks', async () => {
    const menu = await openAccount()
    assert.isAtLeast(propertiesOf(accountStyles).length, 9)
    assert.deepEqual(await changesOf([menu], accountStyles), [])
  })

  for (const slot of ['heading', 'intro', 'footer']) {
    it(`the slot ${slot} shows what the page puts there`, async () => {
      const element = new LinklatchSignIn()
      element.innerHTML = `<b slot="${slot}">Ours</b>`
      await draw(element, ask)
      assert.isAbove(element.querySelector('b')?.getClientRects().length ?? 0, 0)
    })
  }

  it('the footer stands under every phase', async () => {
    for (const state of states) {
      const element = new LinklatchSignIn()
      element.innerHTML = '<b slot="footer">Ours</b>'
      await draw(element, state)
      assert.isAbove(element.querySelector('b')?.getClientRects().length ?? 0, 0, state.phase.name)
      element.remove()
    }
  })

  it('an unknown attribute value changes nothing: the channel stays mail', async () => {
    const element = await draw(new LinklatchSignIn(), ask, { channel: 'pigeon' })
    assert.isNotNull(element.root.querySelector('input[type=email]'))
  })

  for (const make of [() => new LinklatchUser(), () => new LinklatchGate()]) {
    it(`<${make().localName}> hands on its server and site, and refuses a server that is none`, async () => {
      const element = make()
      const client = new FakeClient()
      element.client = client
      element.setAttribute('server', 'https://auth.example.com/x')
      element.setAttribute('site', 's9')
      document.body.append(element)
      assert.deepInclude(client.asked, { server: 'https://auth.example.com', site: 's9' })
      element.setAttribute('server', 'javascript:alert(1)')
      assert.strictEqual(client.asked.at(-1), 'invalid_server')
    })
  }
})
