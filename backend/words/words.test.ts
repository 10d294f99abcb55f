import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { de } from './de.ts'
import { en } from './en.ts'
import { allWords, wordsFor } from './words.ts'

const names = (sentence: string): string => (sentence.match(/\{\w+\}/g) ?? []).sort().join()

/** `deadLink.used.title` → sentence. */
function sentences(words: object, path = ''): [path: string, sentence: string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === 'string') return [[`${path}${key}`, value]]
    return typeof value === 'object' && value !== null ? sentences(value, `${path}${key}.`) : []
  })
}

describe('the languages of the pages and the mail', () => {
  const english = new Map([...sentences(de), ...sentences(en)])
  for (const words of allWords) {
    it(`${words.lang} says each sentence, with the gaps of the English one`, () => {
      const own = new Map(sentences(words))
      for (const [path, sentence] of english) {
        if (path.startsWith('refusal.kinds.') && words === en) continue
        const said = own.get(path) ?? ''
        assert.notEqual(said.trim(), '', path)
        assert.equal(names(said), names(sentence), path)
      }
    })
  }

  it('are those of the element, each once', () => {
    assert.equal(allWords.map(({ lang }) => lang).join(' '), 'ar cs de en es fr he it ja ko nl pl pt sv tr uk zh-Hans')
  })

  it('run from right to left where they do', () => {
    assert.deepEqual(allWords.filter(({ dir }) => dir === 'rtl').map(({ lang }) => lang), ['ar', 'he'])
  })

  it('are found whatever the region, but never in another script, by the first wish that there is, and are English where there is none', () => {
    const found = (...wanted: (string | undefined)[]) => wordsFor(wanted).lang
    assert.deepEqual([found('pt-BR'), found('zh-Hans-CN'), found('FR'), found('fi', 'uk')], ['pt', 'zh-Hans', 'fr', 'uk'])
    assert.deepEqual([found('zh-TW', 'zh', 'ja'), found('zh-Hant'), found('zh-Hans-HK'), found('zh')], ['ja', 'en', 'zh-Hans', 'zh-Hans'])
    assert.deepEqual([found(), found('fi'), found('*'), found(''), found('constructor'), found(undefined, 'ja')], ['en', 'en', 'en', 'en', 'en', 'ja'])
  })
})
