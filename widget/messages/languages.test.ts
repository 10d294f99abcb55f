import { assert } from '@open-wc/testing'
import { wordsOf } from '../later/languages.ts'
import { en } from './en.ts'
import { enMore } from './en-more.ts'
import type { Language } from './messages.ts'
import { duration } from './words.ts'

const flat = ({ noLink, ...words }: Partial<Language>): Record<string, string> => ({ ...words, ...Object.fromEntries(Object.entries(noLink ?? {}).map(([name, sentence]) => [`noLink.${name}`, sentence])) })
const english = flat({ ...en, ...enMore })
const languages = ['ar', 'cs', 'de', 'es', 'fr', 'he', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'sv', 'tr', 'uk', 'zh']
const placeholders = (sentence = ''): string => (sentence.match(/\{s?\}/g) ?? []).sort().join()

describe('every language', () => {
  for (const tag of languages) {
    it(`${tag} says each sentence, with the same gaps as the English one`, async () => {
      const words = flat(await wordsOf([tag]))
      assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort())
      for (const [name, sentence] of Object.entries(english)) {
        assert.notEqual(words[name]?.trim(), '', name)
        if (name !== 'lang' && name !== 'dir') assert.equal(placeholders(words[name]), placeholders(sentence), name)
      }
    })

    it(`${tag} writes its countdowns and its tag as Intl knows them`, async () => {
      const { lang = '' } = await wordsOf([tag])
      assert.lengthOf(Intl.NumberFormat.supportedLocalesOf(lang), 1)
      assert.notEqual(duration(30, { lang }), '')
    })
  }

  it('a right-to-left language says so', async () => {
    const directions = await Promise.all(['ar', 'he', 'fr'].map(async (tag) => (await wordsOf([tag])).dir))
    assert.deepEqual(directions, ['rtl', 'rtl', 'ltr'])
  })

  it('a region falls back to its language, and what nobody speaks to the next wish', async () => {
    assert.equal((await wordsOf(['pt-BR'])).lang, 'pt')
    assert.equal((await wordsOf(['zh-Hans-CN'])).lang, 'zh-Hans')
    assert.equal((await wordsOf(['xx', 'uk'])).lang, 'uk')
  })

  it('traditional Chinese is not served simplified, but the next wish', async () => {
    assert.strictEqual((await wordsOf(['zh-TW', 'zh', 'ja'])).lang, 'ja')
    assert.isUndefined((await wordsOf(['zh-Hant', 'zh'])).lang)
    assert.equal((await wordsOf(['zh-Hans-HK'])).lang, 'zh-Hans')
    assert.equal((await wordsOf(['zh', 'zh-CN'])).lang, 'zh-Hans')
  })
})
