import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import { ago, browser, capital, day, duration } from './spoken.ts'
import { allWords } from './words.ts'

/** 14 May 2026, 09:41 UTC. */
const at = 1_778_751_660

describe('what is spoken in a language', () => {
  it('days, durations and times gone by follow its grammar', () => {
    assert.deepEqual([day(en, at), day(de, at), day(fr, at)], ['14 May 2026', '14. Mai 2026', '14 mai 2026'])
    assert.deepEqual([duration(en, 600), duration(de, 600), duration(de, 60)], ['10 minutes', '10 Minuten', '60 Sekunden'])
    assert.deepEqual([ago(en, 59), ago(en, 60), ago(de, 125)], ['just now', '1 minute ago', 'vor 2 Minuten'])
  })

  it('digits are those of the code and the number, in every language', () => {
    for (const words of allWords) assert.match(`${day(words, at)} ${duration(words, 600)} ${ago(words, 600)}`, /^(?=.*14)(?=.*2026)(?=.*10)[^\u0660-\u0669\u06f0-\u06f9]+$/)
    assert.match(day(ar, at), /مايو/)
  })

  it('a browser is named with its system, and an unknown one in words', () => {
    assert.deepEqual([browser(en, 'Firefox on Windows'), browser(de, 'Firefox on Windows'), browser(de, 'Firefox')], ['Firefox on Windows', 'Firefox unter Windows', 'Firefox'])
    assert.deepEqual([browser(en, 'a browser'), browser(de, 'a browser'), browser(de, '')], ['a browser', 'ein Browser', 'ein Browser'])
    assert.equal(browser(de, 'a on b on c'), 'a on b on c')
  })

  it('a sentence begins as its language writes it', () => {
    assert.equal(capital(en, 'a browser'), 'A browser')
    assert.equal(capital(en, ''), '')
  })
})
