import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { piecesOf, textMessage } from './text-message.ts'

describe('a text message', () => {
  it('goes in pieces: by letters of GSM 03.38, or by units of UTF-16 where it has any other', () => {
    const cases: [string, number][] = [['a'.repeat(160), 1], ['a'.repeat(161), 2], ['a'.repeat(306), 2], ['a'.repeat(307), 3], ['ж'.repeat(70), 1], ['ж'.repeat(71), 2], ['ж'.repeat(134), 2], ['ж'.repeat(135), 3], [`${'a'.repeat(70)}ж`, 2]]
    for (const [text, pieces] of cases) assert.equal(piecesOf(text), pieces, `${text.length}`)
  })

  it('has what takes two places in one piece', () => {
    assert.equal(piecesOf('€'.repeat(80)), 1)
    assert.deepEqual([piecesOf('€'.repeat(152)), piecesOf(`a${'€'.repeat(152)}`), piecesOf(`aa${'€'.repeat(152)}`)], [2, 2, 3])
    assert.deepEqual([piecesOf('🎈'.repeat(66)), piecesOf('🎈'.repeat(67))], [2, 3])
  })

  it('has the site’s name whole where there is room, or as much of it as there is', () => {
    const name = 'The Honourable Company of Slow Travellers'
    const withRest = (length: number, letter: string) => textMessage(name, (shown) => `${shown}: ${letter.repeat(length)}`)
    assert.equal(withRest(91, 'ж'), `${name}: ${'ж'.repeat(91)}`)
    assert.equal(withRest(92, 'ж'), `The Honourable Company of Slow Travelle…: ${'ж'.repeat(92)}`)
    assert.equal(withRest(105, 'ж').split(':')[0], 'The Honourable Company of…')
    assert.equal(withRest(270, 'a').split(':')[0], 'The Honourable Company of Slow...')
  })

  it('is cut for its name down to fourteen units, and no more for a text that has three pieces anyway', () => {
    const shown = (length: number) => textMessage('The Honourable Company', (name) => `${name}: ${'ж'.repeat(length)}`).split(':')[0]
    assert.deepEqual([shown(110), shown(118), shown(119)], ['The Honourable Company', 'The Honourabl…', 'The Honourable Company'])
  })
})
