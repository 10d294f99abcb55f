import { assert } from '@open-wc/testing'
import { httpOrigin, ownUrl, takeLanding } from './landing.ts'

const part = (value: object): string => btoa(JSON.stringify(value))
const token = (typ: string): string => `${part({ typ })}.${part({ jti: 's1' })}.sig`.replaceAll('=', '')

function land(hash: string, cameTo = '') {
  const shown: string[] = []
  const page = {
    location: { hash, pathname: '/in', search: '?a=1' },
    performance: { getEntriesByType: () => (cameTo ? [{ name: cameTo }] : []) },
    history: { state: { kept: true }, replaceState: (state: unknown, _: string, url?: string | URL | null) => void shown.push(`${JSON.stringify(state)} ${url}`) },
  }
  return { landing: takeLanding(page), shown }
}

describe('a landing', () => {
  it('takes the token out of the address bar at once', () => {
    const { landing, shown } = land(`#linklatch=${token('arrival+jwt')}`)
    assert.strictEqual(landing, token('arrival+jwt'))
    assert.deepEqual(shown, ['{"kept":true} /in?a=1'])
  })

  it('keeps the fragment’s other parts', () => {
    assert.deepEqual(land(`#x=1&linklatch=${token('arrival+jwt')}&y=2`).shown, ['{"kept":true} /in?a=1#x=1&y=2'])
    assert.deepEqual(land(`#linklatch=${token('arrival+jwt')}&y=2`).shown, ['{"kept":true} /in?a=1#y=2'])
  })

  it('is none in the pretended window of a unit test, which knows no navigation', () => {
    assert.isUndefined(takeLanding({ location: { hash: '', pathname: '/', search: '' }, history: { state: null, replaceState: () => {} }, performance: {} }))
  })

  it('is found where a router has put its own fragment there, which stays', () => {
    const { landing, shown } = land('#/', `https://h.example/in?a=1#linklatch=${token('arrival+jwt')}`)
    assert.strictEqual(landing, token('arrival+jwt'))
    assert.deepEqual(shown, [])
    assert.isUndefined(land('#/', 'https://h.example/in').landing)
  })

  for (const hash of ['', '#other', '#linklatch=nonsense', '#xlinklatch=a.b.c']) {
    it(`leaves ${hash || 'no fragment'} alone`, () => assert.deepEqual(land(hash), { landing: undefined, shown: [] }))
  }
})

describe('an address to go to', () => {
  const page = { origin: 'https://h.example', href: 'https://h.example/in' }
  it('is on this page’s own origin', () => {
    assert.strictEqual(ownUrl('/account', page), 'https://h.example/account')
    for (const bad of ['https://evil.example/', '//evil.example/', 'javascript:alert(1)', 'data:text/html,x', 'http://h.example/', 'https://h.example:444/', 'http://']) {
      assert.strictEqual(ownUrl(bad, page), undefined, bad)
    }
  })

  it('is a server’s only over http', () => {
    assert.strictEqual(httpOrigin('https://a.example/x', page.href), 'https://a.example')
    assert.strictEqual(httpOrigin('javascript:1', page.href), undefined)
  })
})
