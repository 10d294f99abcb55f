/** Under the style sheets that pages have: what belongs to the page is not taken over where it would keep somebody from reading. */
import { assert, waitUntil } from '@open-wc/testing'
import { FakeClient, session, waiting } from './sign-in/fake-client.ts'
import { LinklatchSignIn } from './sign-in/sign-in-element.ts'
import { LinklatchUser } from './user/user-element.ts'

customElements.define('linklatch-sign-in', LinklatchSignIn)
customElements.define('linklatch-user', LinklatchUser)

const added: Element[] = []
afterEach(() => added.splice(0).forEach((one) => one.remove()))

function style(css: string): void {
  const sheet = document.createElement('style')
  sheet.textContent = css
  document.head.append(sheet)
  added.push(sheet)
}

async function stand(element: LinklatchSignIn | LinklatchUser, step: Parameters<FakeClient['step']>[0], inside = ''): Promise<ShadowRoot> {
  const place = document.createElement('header')
  place.style.cssText = inside
  const client = new FakeClient()
  client.step(step)
  element.client = client
  place.append(element)
  document.body.append(place)
  added.push(place)
  await waitUntil(() => element.extra, 'what comes after the form', { timeout: 25_000 })
  await element.updateComplete
  for (const moving of element.root.getAnimations()) if (moving.effect?.getComputedTiming().iterations === 1) moving.finish()
  return element.root
}

const waits = { type: 'sent', waiting: waiting({ address: 'ann@gmail.com' }) } as const
const signedIn = { type: 'session', session, kept: 'cookie' } as const
const find = (root: ShadowRoot, selector: string): HTMLElement => root.querySelector<HTMLElement>(selector) ?? assert.fail(selector)
const looks = (root: ShadowRoot, selector: string): CSSStyleDeclaration => getComputedStyle(find(root, selector))

const elements = [[LinklatchSignIn, '[part=text]'], [LinklatchUser, '[part=address]']] as const

for (const [Element, words] of elements) {
  const name = Element === LinklatchUser ? '<linklatch-user>' : '<linklatch-sign-in>'

  it(`${name} wraps and aligns its words by itself, in a header with other wishes`, async () => {
    const root = await stand(new Element(), signedIn, 'inline-size: 20rem; white-space: nowrap; text-align: center; text-transform: uppercase; text-indent: 2rem')
    const { whiteSpace, textAlign, textTransform, textIndent } = looks(root, words)
    assert.deepEqual({ whiteSpace, textAlign, textTransform, textIndent }, { whiteSpace: 'normal', textAlign: 'start', textTransform: 'none', textIndent: '0px' })
  })

  it(`${name} keeps its room and its lines where a page resets everything`, async () => {
    style('* { margin: 0; padding: 0; line-height: 1; text-align: center; text-transform: uppercase; white-space: nowrap; color: rgb(255, 0, 0) }')
    const root = await stand(new Element(), signedIn)
    const { lineHeight, fontSize, textAlign, textTransform, whiteSpace, color } = looks(root, words)
    assert.isAbove(Number.parseFloat(lineHeight), 1.3 * Number.parseFloat(fontSize))
    assert.deepEqual({ textAlign, textTransform, whiteSpace }, { textAlign: 'start', textTransform: 'none', whiteSpace: 'normal' })
    if (Element === LinklatchUser) return
    assert.notEqual(color, 'rgb(255, 0, 0)')
    const edge = root.host.getBoundingClientRect().left
    assert.isAtLeast(find(root, 'h2').getBoundingClientRect().left - edge, 20)
  })
}

it('where a page makes its rem small, and where its words are small too, every target is 24 px and no word is shrunk', async () => {
  for (const css of ['html { font-size: 62.5% } body { font-size: 1.6rem }', 'html { font-size: 10px }']) {
    style(css)
    const form = await stand(new LinklatchSignIn(), waits)
    const menu = await stand(new LinklatchUser(), signedIn)
    find(menu, 'details').setAttribute('open', '')
    for (const target of [...form.querySelectorAll('button, input, a, summary'), ...menu.querySelectorAll('button, summary')]) {
      assert.isAtLeast(target.getBoundingClientRect().height, 24, `${css}: ${target.textContent}`)
    }
    const size = Number.parseFloat(getComputedStyle(menu.host).fontSize)
    for (const small of ['[part=avatar]', 'h2']) assert.isAtLeast(Number.parseFloat(looks(menu, small).fontSize), 0.8 * size, `${css}: ${small}`)
    added.splice(0).forEach((one) => one.remove())
  }
})

it('in a column of 180 px the sentence beside the number goes under it', async () => {
  const root = await stand(new LinklatchSignIn(), waits, 'inline-size: 180px')
  assert.isAbove(find(root, '[part=hint]').getBoundingClientRect().width, 80)
})

it('who is signed in stands in the colour of the page’s own words, which may be a dark header’s', async () => {
  const root = await stand(new LinklatchUser(), signedIn, 'background: #111; color: rgb(250, 250, 250)')
  assert.equal(looks(root, '[part=address]').color, 'rgb(250, 250, 250)')
  assert.equal(looks(root, '[part=panel]').color, 'rgb(22, 24, 29)')
  const own = await stand(new LinklatchUser(), signedIn, '--linklatch-text: rgb(1, 2, 3)')
  assert.equal(looks(own, '[part=address]').color, 'rgb(1, 2, 3)')
  assert.equal(looks(own, '[part=panel]').color, 'rgb(1, 2, 3)')
})

it('a button has the same colours under the pointer: a brighter accent would not hold its words', () => assert.notMatch(LinklatchSignIn.styles, /filter|:hover \{[^}]*(color|background)/))
