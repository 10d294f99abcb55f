import { expect } from '@open-wc/testing'
import { wordsOf } from '../later/languages.ts'
import { en } from './en.ts'
import { enMore } from './en-more.ts'
import { duration } from './words.ts'

const english: Record<string, string> = { ...en, ...enMore }
const languages = ['ar', 'cs', 'de', 'es', 'fr', 'he', 'it', 'ja', 'ko', 'nl', 'pl', 'pt', 'sv', 'tr', 'uk', 'zh']
const placeholders = (sentence = ''): string => (sentence.match(/\{s?\}/g) ?? []).sort().join()

describe('every language', () => {
  for (const tag of languages) {
    it(`${tag} says each sentence, with the same gaps as the English one`, async () => {
      const words: Partial<Record<string, string>> = await wordsOf([tag])
      expect(Object.keys(words).sort()).to.deep.equal(Object.keys(english).sort())
      for (const [name, sentence] of Object.entries(english)) {
        expect(words[name]?.trim(), name).to.not.equal('')
        if (name !== 'lang' && name !== 'dir') expect(placeholders(words[name]), name).to.equal(placeholders(sentence))
      }
    })

    it(`${tag} writes its countdowns and its tag as Intl knows them`, async () => {
      const { lang = '' } = await wordsOf([tag])
      expect(Intl.NumberFormat.supportedLocalesOf(lang)).to.have.length(1)
      expect(duration(30, { lang })).to.not.equal('')
    })
  }

  it('a right-to-left language says so', async () => {
    const directions = await Promise.all(['ar', 'he', 'fr'].map(async (tag) => (await wordsOf([tag])).dir))
    expect(directions).to.deep.equal(['rtl', 'rtl', 'ltr'])
  })

  it('a region falls back to its language, and what nobody speaks to the next wish', async () => {
    expect((await wordsOf(['pt-BR'])).lang).to.equal('pt')
    expect((await wordsOf(['zh-Hans-CN'])).lang).to.equal('zh-Hans')
    expect((await wordsOf(['xx', 'uk'])).lang).to.equal('uk')
  })
})
