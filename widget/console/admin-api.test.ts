import { assert } from '@open-wc/testing'
import * as v from 'valibot'
import { AdminApi, Refused } from './admin-api.ts'

type Asked = { url: string; init: RequestInit }

function answering(answer: () => Response | Promise<Response>, token = 'a-token') {
  const asked: Asked[] = []
  const api = new AdminApi(token, { ask: async (url, init) => (asked.push({ url: url as string, init: init ?? {} }), answer()) })
  return { api, asked }
}

const problem = (status: number, body: object, headers = {}) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...headers } })
const thrownBy = (doing: Promise<unknown>): Promise<Refused> => doing.then(() => { throw new Error('it was not refused') }, (thrown: Refused) => thrown)

describe('the console’s calls', () => {
  it('carry the token in a header, no cookie, and follow no redirect', async () => {
    const { api, asked } = answering(() => Response.json({ ok: true }))
    await api.get('/sites', v.object({ ok: v.boolean() }))
    assert.equal(asked[0]?.url, '/admin/v1/sites')
    assert.include(asked[0]?.init, { method: 'GET', credentials: 'omit', redirect: 'error', cache: 'no-store' })
    assert.equal(new Headers(asked[0]?.init.headers).get('authorization'), 'Bearer a-token')
  })

  it('send nothing where what was typed can be no token', async () => {
    for (const token of ['', 'two words', 'line\nbreak', 'schlüssel']) {
      const { api, asked } = answering(() => Response.json({}), token)
      assert.equal((await thrownBy(api.get('/sites', v.unknown()))).status, 401, token)
      assert.lengthOf(asked, 0, token)
    }
  })

  it('say what was refused: the sentence, the fields in words, when to try again', async () => {
    const { api } = answering(() => problem(400, { detail: 'No.', errors: [{ field: 'origins.1', code: 'not_an_origin' }] }))
    const refused = await thrownBy(api.send('POST', '/sites', {}, v.unknown()))
    assert.deepEqual([refused.status, refused.message], [400, 'No.'])
    assert.deepEqual(refused.faults, [{ field: 'origins.1', words: 'is not an origin, such as https://shop.example' }])
    const often = await thrownBy(answering(() => problem(429, { detail: 'Too often.' }, { 'retry-after': '7' })).api.act('POST', '/x'))
    assert.equal(often.message, 'Too often. (7 s)')
    assert.equal((await thrownBy(answering(() => new Response('<h1>Bad gateway</h1>', { status: 502 })).api.act('POST', '/x'))).message, 'The backend answered 502.')
  })

  it('say that nothing answers, and that an answer is none of this API', async () => {
    const lost = await thrownBy(answering(() => Promise.reject(new TypeError('lost'))).api.act('DELETE', '/x'))
    assert.equal(lost.status, 0)
    const odd = await thrownBy(answering(() => Response.json({ items: 'none' })).api.get('/x', v.object({ items: v.array(v.string()) })))
    assert.equal(odd.status, 502)
    assert.equal((await thrownBy(answering(() => new Response('<html>', { status: 200 })).api.get('/x', v.object({})))).status, 502)
  })
})
