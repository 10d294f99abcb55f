import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testBackend, type TestBackend } from '../testing/backend.ts'
import { testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { begun, call, open, press } from '../testing/visitor.ts'
import { writeFarewell, writeInvitation } from '../users/plain-letter.ts'
import { en } from '../words/en.ts'
import { piecesOf } from '../words/text-message.ts'
import { allWords } from '../words/words.ts'
import { alreadyApprovedPage, approvedPage, approvePage, rejectedPage } from './approve-page.ts'
import { deadLinkPage } from './dead-link-page.ts'
import { writeLetter } from './letter.ts'

describe('a sign-in speaks the language it was started in', () => {
  let backend: TestBackend
  before(async () => void (backend = await testBackend()))
  after(() => backend.dispose())
  const letterTo = (email: string) => backend.inbox.letters().find(({ to }) => to === email) ?? assert.fail('no mail')

  it('in its mail: subject and both parts', async () => {
    const { email } = await begun(backend, { locale: 'fr-CA' })
    const { subject, text, html, locale } = letterTo(email)
    assert.equal(subject, 'Se connecter à Shop')
    assert.equal(locale, 'fr')
    assert.match(text, /saisissez ce code/)
    assert.match(html ?? '', /<html lang="fr">[^]*Aucun mot de passe/)
  })

  it('on its approve page and on what follows, whatever the browser that opens it prefers', async () => {
    const { mail } = await begun(backend, { locale: 'fr' })
    const { arrival } = await open(backend, mail.token)
    const page = await call(backend, 'GET', `/approve?token=${arrival}`, { headers: { 'Accept-Language': 'de' } })
    assert.match(page.text, /<html lang="fr">[^]*<h1>Se connecter à <bdi>Shop<\/bdi>\u202f\?<\/h1>/)
    assert.match((await press(backend, arrival, 'reject')).text, /<h1>Connexion arrêtée<\/h1>/)
    assert.match((await open(backend, mail.token)).text, /<h1>Cette connexion a été arrêtée<\/h1>/)
  })

  it('and English where nobody has written that one', async () => {
    const { email, mail } = await begun(backend, { locale: 'fi' })
    assert.equal(letterTo(email).subject, 'Sign in to Shop')
    assert.match((await call(backend, 'GET', `/approve?token=${mail.token}`)).text, /<html lang="en">/)
  })

  it('a link that nobody knows, and a refusal, are told in the browser’s language', async () => {
    const german = { headers: { 'Accept-Language': 'xx, de-AT;q=0.9, fr;q=0.1', Accept: 'text/html' } }
    assert.match((await call(backend, 'GET', '/link?token=nonsense', german)).text, /<html lang="de">[^]*Dieser Link funktioniert nicht/)
    assert.match((await call(backend, 'GET', '/nothing', german)).text, /<html lang="de">[^]*Nicht gefunden/)
    assert.match((await call(backend, 'GET', '/link?token=nonsense')).text, /<html lang="en">/)
  })
})

describe('in every language', () => {
  const name = '{code} <b>&{x}'
  const site = { name }
  const signIn = testSignIn({ browser: '{host} on <i>' })
  const tags = (text: string) => text.match(/<[a-z]+/g)?.join('')
  const lettersOf = (locale: string) => {
    const letter = writeLetter({ signIn: { ...signIn, locale }, site, link: 'https://a.example/link?token=t', code: '012345', publicUrl: 'https://a.example', now: testStart })
    const plain = { signIn: { ...signIn, locale }, site, url: signIn.origin, publicUrl: 'https://a.example' }
    return { letter, invitation: writeInvitation(plain), farewell: writeFarewell(plain) }
  }
  for (const words of allWords) {
    it(`${words.lang}: a site’s name with braces or markup stays text, and nothing is left open`, () => {
      const base = { site, signIn, nonce: 'n', words, token: 't', page: 'p' }
      const pages = [approvePage({ ...base, landing: true, fault: 'wrongNumber', now: testStart + 200 }), approvedPage(base), alreadyApprovedPage(base), rejectedPage(base), deadLinkPage({ kind: 'moved', nonce: 'n', words, site, backTo: 'https://a.example' })]
      const { letter, invitation, farewell } = lettersOf(words.lang)
      for (const text of [...pages, letter.html ?? '', invitation.html ?? '', farewell.html ?? '']) {
        assert.ok(text.includes(`<html lang="${words.lang}"`), text.slice(0, 99))
        assert.equal(/<html [^>]*dir="rtl"/.test(text), words.dir === 'rtl')
        assert.ok(text.includes('{code} &lt;b&gt;&amp;{x}'))
        assert.doesNotMatch(text.replaceAll('{code} &lt;b&gt;&amp;{x}', '').replaceAll('{host}', ''), /<b>|<i>|\{[a-z]+\}|undefined|\[object/)
      }
      for (const { text, subject } of [letter, invitation, farewell]) {
        assert.equal(text.includes(`\u2068${name}\u2069`), words.dir === 'rtl')
        assert.ok(subject.includes(name))
      }
      assert.equal(tags(pages[0] ?? ''), tags(approvePage({ ...base, words: en, landing: true, fault: 'wrongNumber', now: testStart + 200 })))
    })

    // GSM 03.38: 153 of its letters in a piece of several, or 67 of UCS-2.
    const isGsm = (text: string) => /^[\n !-Z_a-z£¥èéùìòÇØøÅåÄÖÑÜ§¿äöñüàÆæßÉ¡]*$/.test(text)
    const inTwoPieces = (text: string) => assert.ok(text.length <= (isGsm(text) ? 306 : 134) && piecesOf(text) <= 2, `${text.length}: ${text}`)

    for (const [what, write] of [['an invitation', writeInvitation], ['a farewell', writeFarewell]] as const) it(`${words.lang}: ${what} by text message fits into two pieces, and speaks of no mail`, () => {
      const { text, html } = write({ signIn: { ...signIn, channel: 'sms', locale: words.lang }, site: { name: 'The Slow Atlas' }, url: 'https://shop.example/account', publicUrl: 'https://a.example' })
      inTwoPieces(text)
      assert.deepEqual([html, text.split(' ').at(-1), text.includes('The Slow Atlas')], [undefined, 'https://shop.example/account', true])
      assert.doesNotMatch(text, /mail|mejl|correo|メール|메일|邮件|بريد|דוא|поштою|e-posta/i)
    })

    it(`${words.lang}: so does a code without a link`, () => {
      const { text } = writeLetter({ signIn: { ...signIn, channel: 'sms', locale: words.lang }, site: { name: 'The Slow Atlas' }, code: '012345', publicUrl: 'https://a.example', now: testStart })
      inTwoPieces(text)
      assert.match(text, /012345[^]*\n\n@shop\.example\.com #012345$/)
    })

    it(`${words.lang}: so do they all with a long name of the site, which is cut between letters`, () => {
      const { signIn: byPhone, ...plain } = { signIn: { ...signIn, channel: 'sms' as const, locale: words.lang }, url: 'https://shop.example/account', publicUrl: 'https://a.example' }
      const textsWith = (name: string) => [writeInvitation, writeFarewell, writeLetter].map((write) => write({ ...plain, signIn: byPhone, site: { name }, code: '012345', now: testStart }).text)
      for (const name of ['The Honourable Company of Slow Travellers and Friends', '遠くまでゆっくり旅する人たちと友だちのための案内所、その本店と支店', '👩‍👩‍👧‍👦'.repeat(7), '👩🏽‍🚀 Ångström '.repeat(5).trim()]) {
        const begins = Array.from(new Intl.Segmenter().segment(name), ({ index }) => name.slice(0, index).trimEnd()).filter((begin) => begin !== '')
        for (const [index, text] of textsWith(name).entries()) {
          assert.ok([name, ...begins.flatMap((begin) => [`${begin}…`, `${begin}...`])].some((shown) => text.includes(shown)), text)
          // Where the language itself needs no UTF-16, another script may make three of two.
          if (isGsm(textsWith('X')[index] ?? '') && !isGsm(text)) assert.ok(piecesOf(text) <= 3, text)
          else inTwoPieces(text)
        }
      }
    })

    it(`${words.lang}: a link with it takes no piece more for a long name`, () => {
      const piecesWith = (name: string) => {
        const { text } = writeLetter({ signIn: { ...signIn, channel: 'sms', locale: words.lang }, site: { name }, link: `https://a.example/link?token=${'t'.repeat(250)}`, code: '012345', publicUrl: 'https://a.example', now: testStart })
        return piecesOf(text)
      }
      assert.equal(piecesWith('The Honourable Company of Slow Travellers and Friends'), piecesWith('The Slow Atlas...'))
    })

    it(`${words.lang}: the code is in the mail, but neither in the subject nor in the preview`, () => {
      const { subject, html = '', text } = lettersOf(words.lang).letter
      const [, preview = ''] = /mso-hide:all[^>]*>\s*([^]*?)<\/div>/.exec(html) ?? []
      assert.ok(text.includes('012345') && html.includes('012345'))
      assert.doesNotMatch(`${subject}${preview}`, /012/)
      assert.ok(preview.includes('shop.example.com'))
    })
  }
})
