import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { together } from './together.ts'

const request = (name: string) => [{ url: name }, {}] as unknown as [IncomingMessage & { req: IncomingMessage }, ServerResponse<IncomingMessage> & { req: IncomingMessage }]

describe('requests of one turn of the event loop', () => {
  it('are answered step by step side by side, in the order in which they came', async () => {
    const steps: string[] = []
    const answer = together(({ url }) => {
      void (async () => {
        for (const step of ['reads', 'looks', 'signs']) {
          steps.push(`${url} ${step}`)
          await Promise.resolve()
        }
      })()
    })
    answer(...request('a'))
    answer(...request('b'))
    assert.deepEqual(steps, [])
    await turn()
    assert.deepEqual(steps, ['a reads', 'b reads', 'a looks', 'b looks', 'a signs', 'b signs'])
  })

  it('do not wait for those of the next turn', async () => {
    const answered: (string | undefined)[] = []
    const answer = together(({ url }) => {
      answered.push(url)
      if (url === 'a') answer(...request('b'))
    })
    answer(...request('a'))
    await turn()
    assert.deepEqual(answered, ['a'])
    await turn()
    assert.deepEqual(answered, ['a', 'b'])
  })

  it('are so many at the most that others have their turn between', async () => {
    const answered: (string | undefined)[] = []
    const answer = together(({ url }) => void answered.push(url))
    for (let each = 0; each < 130; each += 1) answer(...request(String(each)))
    const turns: number[] = []
    while (answered.length < 130) {
      await turn()
      turns.push(answered.length)
    }
    assert.deepEqual(turns, [64, 128, 130])
    assert.deepEqual(answered, Array.from({ length: 130 }, (_, each) => String(each)))
  })
})
