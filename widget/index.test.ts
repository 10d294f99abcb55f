import { assert, waitUntil } from '@open-wc/testing'

describe('the script', () => {
  it('defines the elements and one client, and loading it twice changes nothing', async () => {
    const first = await import('./index.ts')
    const api = window.linklatch
    const [one, two, three] = ['linklatch-sign-in', 'linklatch-gate', 'linklatch-user'].map((name) => customElements.get(name))
    assert.isDefined(one && two && three)
    const again: typeof first = await import(`./index.ts?${'again'}`)
    assert.strictEqual(window.linklatch, api)
    assert.strictEqual(again.getToken, first.getToken)
    const frames = (): number => document.querySelectorAll('iframe[title=Linklatch]').length
    await waitUntil(frames, 'the bridge', { timeout: 25_000 })
    assert.strictEqual(frames(), 1)
    assert.isNull(first.session)
    assert.isNull(first.user)
  })
})
