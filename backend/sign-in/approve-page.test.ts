import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { en } from '../words/en.ts'
import { alreadyApprovedPage, approvedPage, approvePage, rejectedPage } from './approve-page.ts'

const site = { name: 'Anna’s Bakery', accentColor: '#c05621' }
const signIn = { address: 'anna@example.com', browser: 'Firefox on Windows', createdAt: 1000, origin: 'https://bakery.example' }
const input = { site, signIn, token: 'a.b.c', nonce: 'n0nce', words: en, page: 'p4ge', landing: true, now: 1150 }
const buttons = (text: string) => [...text.matchAll(/<button[^>]* name="choice" value="(\w+)"/g)].map((match) => match[1])
const tag = (text: string, pattern: RegExp) => pattern.exec(text)?.[0] ?? assert.fail(`no ${pattern}`)

describe('the approve page', () => {
  it('says who is about to be signed in, where to, and who asked when', () => {
    const text = approvePage(input)
    assert.match(text, /<h1>Sign in to <bdi>Anna’s Bakery<\/bdi>\?<\/h1>/)
    assert.match(text, /<dd><bdi>anna@example\.com<\/bdi><\/dd>/)
    assert.match(text, /<dd>Firefox on Windows, 2 minutes ago<\/dd>/)
    assert.match(approvePage({ ...input, now: 1059 }), /Firefox on Windows, just now/)
    assert.match(approvePage({ ...input, now: 1060, signIn: { ...signIn, browser: 'a browser' } }), /A browser, 1 minute ago/)
  })

  it('posts its token and the choice as a form, without JavaScript', () => {
    const text = approvePage(input)
    assert.match(text, /<form method="post" action="\/approve">/)
    assert.match(text, /<input type="hidden" name="token" value="a\.b\.c">/)
    assert.deepEqual(buttons(text), ['there', 'here', 'reject'])
    assert.doesNotMatch(text, /<script| on\w+=/)
  })

  it('asks for the number only where it is needed', () => {
    const text = approvePage(input)
    const field = tag(text, /<input id="number"[^>]*>/)
    for (const attribute of ['name="number"', 'inputmode="numeric"', 'autocomplete="off"', ' required']) assert.ok(field.includes(attribute), attribute)
    const taken = new RegExp(`^(?:${/ pattern="([^"]*)"/.exec(field)?.[1]})$`, 'v')
    for (const typed of ['7', '07', ' 42 ', '４２', '٤٢', '۴۲']) assert.match(typed, taken)
    for (const typed of ['', '123', '7 7', 'ab', '-7']) assert.doesNotMatch(typed, taken)
    assert.match(text, /<label for="number">Number on the first screen<\/label>/)
    assert.doesNotMatch(tag(text, /<button[^>]*value="there"[^>]*>/), /formnovalidate/)
    for (const choice of ['here', 'reject']) assert.match(tag(text, new RegExp(`<button[^>]*value="${choice}"[^>]*>`)), / formnovalidate/)
  })

  it('warns not to type a number that somebody else says, next to the field', () => {
    const text = approvePage(input)
    assert.match(text, /<p class="hint" id="number-hint">Type it only if you see it on your own screen\./)
    assert.match(text, /aria-describedby="number-hint"/)
  })

  it('offers "here" only where there is a landing URL, and says whose account it is', () => {
    assert.match(approvePage(input), /id="here-hint">Or sign this browser in, as <bdi>anna@example\.com<\/bdi>/)
    const text = approvePage({ ...input, landing: false })
    assert.deepEqual(buttons(text), ['there', 'reject'])
    assert.doesNotMatch(text, /here-hint|false/)
  })

  it('says a wrong number at the field, once, and puts the cursor there', () => {
    const text = approvePage({ ...input, fault: 'wrongNumber' })
    assert.match(text, /<p class="error" id="number-error" role="alert">That is not the number on the first screen\./)
    const field = tag(text, /<input id="number"[^>]*>/)
    assert.match(field, / aria-invalid="true" aria-describedby="number-error number-hint" autofocus/)
    assert.match(text, /<title>Wrong number – Sign in to Anna’s Bakery<\/title>/)
    assert.doesNotMatch(approvePage(input), /role="alert"|autofocus|aria-invalid="/)
  })

  it('asks again for a number that was not typed, and says that no try was lost', () => {
    const text = approvePage({ ...input, fault: 'noNumber' })
    assert.match(text, /<p class="error" id="number-error" role="alert">Type the two digits that the first screen shows\. This did not count as a try\./)
    assert.match(tag(text, /<input id="number"[^>]*>/), / aria-invalid="true" aria-describedby="number-error number-hint" autofocus/)
    assert.deepEqual(buttons(text), ['there', 'here', 'reject'])
  })

  it('shows everything as text', () => {
    const tags = (text: string) => text.match(/<[^>]*>/g)?.map((each) => each.replace(/"[^"]*"/g, '""')).join('')
    const plain = tags(approvePage(input))
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&/= a', '<script>', '</p>'), minLength: 1 }), (odd) => {
      const text = approvePage({ ...input, site: { name: odd }, signIn: { ...signIn, address: odd, browser: odd }, token: odd })
      assert.equal(tags(text), plain)
    }))
  })
})

describe('after the decision', () => {
  it('an approved sign-in goes on at the first screen, and can still be stopped', () => {
    const text = approvedPage(input)
    assert.match(text, /<h1>Approved<\/h1>\n<p>Go back to the first screen: it is signed in now\./)
    assert.deepEqual(buttons(text), ['reject'])
  })

  it('an already approved one says so, and offers neither number nor "here"', () => {
    const text = alreadyApprovedPage({ site, signIn, words: en, nonce: 'n' })
    assert.match(text, /<h1>Already approved<\/h1>/)
    assert.doesNotMatch(text, /<form|<input|undefined|false/)
    assert.deepEqual(buttons(alreadyApprovedPage(input)), ['reject'])
  })

  it('a rejected one says that nobody is signed in, and leads back to the site', () => {
    const text = rejectedPage({ site, signIn, words: en, nonce: 'n' })
    assert.match(text, /<h1>Sign-in stopped<\/h1>/)
    assert.match(text, /<a class="button primary" href="https:\/\/bakery\.example\/">Go to <bdi>Anna’s Bakery<\/bdi><\/a>/)
    assert.match(rejectedPage({ site, signIn, words: en, nonce: 'n', landing: 'https://bakery.example/in' }), /href="https:\/\/bakery\.example\/in"/)
  })
})
