import { assert } from '@open-wc/testing'
import { PageClient } from './page-client.ts'

describe('the page’s client', () => {
  const address = location.href
  afterEach(() => history.replaceState(null, '', address))

  it('takes what a link brought before any other script sees the address', () => {
    history.replaceState(null, '', `${location.pathname}#/basket&linklatch=${btoa('{"typ":"arrival+jwt"}').replaceAll('=', '')}.e30.x`)
    const { state } = new PageClient({ server: 'https://auth.example.com' })
    assert.strictEqual(location.hash, '#/basket')
    assert.deepEqual(state.phase, { name: 'starting', landing: true })
  })

  it('tells nobody who left while it was told to others', async () => {
    const client = new PageClient({ server: 'https://auth.example.com' })
    client.start = () => Promise.reject(new Error('not in this test'))
    const heard: string[] = []
    client.subscribe(() => {
      heard.push('first')
      leave()
      client.subscribe(() => heard.push('late'))
    })
    const leave = client.subscribe(() => heard.push('second'))
    await client.signIn({ email: 'ann@example.com' }).catch(() => {})
    assert.deepEqual(heard, ['first'])
  })
})
