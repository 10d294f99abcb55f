import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSignIn, testStart } from '../testing/delivery-fakes.ts'
import { writeLetter, type LetterInput } from './letter.ts'

function htmlOf(more: Partial<LetterInput> = {}): string {
  const letter = writeLetter({ signIn: testSignIn(), site: { name: 'Acme Shop' }, link: 'https://auth.example.com/link?token=a.b.c&x=1', code: '012345', publicUrl: 'https://auth.example.com', now: testStart, ...more })
  return letter.html ?? assert.fail('no HTML')
}

test('every value is escaped', () => {
  const trick = `"><img src=x onerror=alert(1)>'&`
  const html = htmlOf({ site: { name: trick }, signIn: testSignIn({ browser: trick }), code: '<b>' })
  assert.doesNotMatch(html, /<img|<b>|alert\(1\)>'/)
  assert.ok(html.includes('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;'))
})

test('nothing is loaded from anywhere: no image, style sheet, font, script or form', () => {
  const html = htmlOf()
  assert.doesNotMatch(html, /<(img|link|script|form|iframe|object|svg|video)\b|url\(|@import|@font-face|\ssrc=/i)
  assert.deepEqual([...html.matchAll(/https?:\/\/[^\s"<]+/g)].map(([url]) => url), Array(3).fill('https://auth.example.com/link?token=a.b.c&amp;x=1'))
})

test('the button and the plain link are real links to the same place', () => {
  assert.equal(htmlOf().match(/<a\s[^>]*href="https:\/\/auth\.example\.com\/link\?token=a\.b\.c&amp;x=1"/g)?.length, 2)
})

test('it names its language and title, has one h1, and its tables are for layout alone', () => {
  const html = htmlOf()
  assert.match(html, /<html lang="en">/)
  assert.match(html, /<title>Sign in to Acme Shop<\/title>/)
  assert.equal(html.match(/<h1\b/g)?.length, 1)
  assert.equal(html.match(/<table\b/g)?.length, html.match(/<table [^>]*role="presentation"/g)?.length)
})

test('the preview of the inbox tells who asked, and the code is not in it', () => {
  const [, preview = ''] = /mso-hide:all[^>]*>\s*([^]*?)<\/div>/.exec(htmlOf()) ?? []
  assert.match(preview, /^Asked at shop\.example\.com by Firefox on Windows\./)
  assert.doesNotMatch(preview, /012/)
  // Mail programs show some 150 characters; the filler pushes the body out of it.
  assert.ok((preview.match(/&#847;/g)?.length ?? 0) >= 100)
})

test('it has colours for dark mode', () => {
  const html = htmlOf()
  assert.match(html, /<meta name="color-scheme" content="light dark">/)
  assert.match(html, /@media \(prefers-color-scheme: dark\)/)
})

test('the button wears the site’s accent', () => {
  assert.match(htmlOf({ site: { name: 'A', accentColor: '#5b5bd6' } }), /bgcolor="#5b5bd6"/)
  assert.doesNotMatch(htmlOf({ site: { name: 'A', accentColor: '#fff;x:url(//e)' } }), /x:url/)
})

test('no line is longer than 998 characters', () => {
  const html = htmlOf({ link: `https://auth.example.com/link?token=${'x'.repeat(600)}`, site: { name: '&'.repeat(80) } })
  assert.ok(Math.max(...html.split('\n').map((line) => line.length)) <= 998)
})
