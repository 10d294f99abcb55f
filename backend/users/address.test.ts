import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Problem } from '../problems.ts'
import { domainOf, maskAddress, parseDomain, parseEmail, parsePhone } from './address.ts'

const refused = (parse: () => string, code: string) =>
  assert.throws(parse, (error) => error instanceof Problem && error.code === 'invalid_address' && error.errors?.[0]?.code === code)

describe('an e-mail address', () => {
  it('is kept in lower case, without whitespace at its ends', () => {
    assert.equal(parseEmail('  Anna.Smith+news@Example.COM\r\n'), 'anna.smith+news@example.com')
  })

  it('may use every atext character but the two that old relays read as routes', () => {
    assert.equal(parseEmail("#$&'*+-/=?^_`{|}~@example.com"), "#$&'*+-/=?^_`{|}~@example.com")
    refused(() => parseEmail('victim%example.com@relay.com'), 'malformed')
    refused(() => parseEmail('relay!victim@example.com'), 'malformed')
  })

  it('may be empty only to be told that it is required', () => {
    for (const text of ['', ' ', '\t\r\n']) refused(() => parseEmail(text), 'required')
  })

  const malformed = {
    'no at sign': ['anna', 'anna.example.com', '@', '@example.com', 'anna@'],
    'a second mailbox': ['a@x.com,b@x.com', 'a@x.com;b@x.com', 'a@x.com b@x.com', 'a@b@x.com', 'a@x.com\r\nBcc: evil@x.com'],
    'a display name, a group or a comment': ['Anna <a@x.com>', '<a@x.com>', 'team:a@x.com;', 'a(b)@x.com', 'a@x.com(b)'],
    'a quoted local part': ['"a b"@x.com', '"a"@x.com', 'a\\b@x.com'],
    'controls and inner whitespace': ['a\0@x.com', 'a\x7f@x.com', 'a b@x.com', 'a@x .com', 'a@x.com\0', 'a@x.com\n.de', '\va@x.com'],
    'dots out of place': ['.a@x.com', 'a.@x.com', 'a..b@x.com', 'a@.x.com', 'a@x..com', 'a@x.com.'],
    'a domain that is no public name': ['a@localhost', 'a@[127.0.0.1]', 'a@127.0.0.1', 'a@x.123', 'a@x_y.com', 'a@-x.com', 'a@x-.com', 'a@x.com:25'],
    'a percent sign or a source route': ['@relay.com:a@x.com', 'a%40x.com', 'a@x%2ecom'],
    'an A-label that decodes to nothing': ['a@xn--.com', 'a@xn--a-\u00fc.com', 'a@xn--9999999999.com'],
  }
  for (const [what, texts] of Object.entries(malformed)) {
    it(`is refused with ${what}`, () => {
      for (const text of texts) refused(() => parseEmail(text), 'malformed')
    })
  }

  it('is refused with any character beyond ASCII before the at sign', () => {
    for (const text of ['\u212Aarl@x.com', 'müller@x.com', 'a\u00ADb@x.com', 'a\u200Bb@x.com', '\u00A0a@x.com', '\u3000a@x.com', 'аnna@x.com']) {
      refused(() => parseEmail(text), 'not_ascii')
    }
    refused(() => parseEmail('a\uFF20x.com'), 'malformed')
  })

  it('keeps an international domain as A-labels, however it was typed', () => {
    assert.equal(parseEmail('a@müller.de'), 'a@xn--mller-kva.de')
    assert.equal(parseEmail('a@MÜLLER.de'), 'a@xn--mller-kva.de')
    assert.equal(parseEmail('a@XN--MLLER-KVA.de'), 'a@xn--mller-kva.de')
    assert.equal(parseEmail('a@straße.de'), 'a@xn--strae-oqa.de')
    assert.equal(parseEmail('a@例え.jp'), 'a@xn--r8jz45g.jp')
  })

  it('is refused with a domain that IDNA would fold into another one', () => {
    const folded = ['ex\u00ADample.com', 'ex\u200Bample.com', 'ex\u200Dample.com', 'ｅxample.com', 'example\u3002com', 'example\uFF0Ecom', 'example\uFF61com', '\u212Aarl.de', 'mu\u0308ller.de', 'ﬁsh.de', 'a\uFE0F.de', 'ü\u3164.de', '①.de', 'x\u00A0ü.de']
    for (const domain of folded) refused(() => parseEmail(`a@${domain}`), 'malformed')
  })

  it('may have 64 characters before the at sign, 63 in a label and 254 in all, and not one more', () => {
    const local = 'l'.repeat(64)
    const domain = ['d'.repeat(63), 'd'.repeat(63), 'd'.repeat(57), 'de'].join('.')
    assert.equal(parseEmail(`${local}@${domain.slice(1)}`).length, 252)
    assert.equal(parseEmail(`${local}@dd${domain.slice(2)}`).length, 253)
    assert.equal(parseEmail(`${local}@${domain.replace('.de', 'd.de')}`).length, 254)
    refused(() => parseEmail(`${local}@${domain.replace('.de', 'dd.de')}`), 'too_long')
    refused(() => parseEmail(`l${local}@x.com`), 'too_long')
    refused(() => parseEmail(`a@${'d'.repeat(64)}.de`), 'malformed')
  })

  it('is either refused or canonical: parsed again it stays the same', () => {
    const odd = fc.string({ unit: fc.constantFrom(...'aZ9.-+@ %"<>\r\n\0ü\u212A\u00AD\u200B。Ａ'), maxLength: 20 })
    const near = fc.tuple(odd, odd).map(([a, b]) => `${a}@${b}.com`)
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), odd, near, fc.emailAddress()), (text) => {
      const address = attempt(() => parseEmail(text))
      if (address === undefined) return
      assert.match(address, /^[\x21-\x7e]{3,254}$/)
      assert.equal(address, address.toLowerCase())
      assert.equal(parseEmail(address), address)
    }), { numRuns: 2000 })
  })

  it('costs no more than a moment, whatever was typed', () => {
    const started = performance.now()
    for (const text of [' '.repeat(16384), `a${' '.repeat(1000)}a`, `${'a.'.repeat(500)}@`, `a@${'a.'.repeat(500)}`, '@'.repeat(1024)]) attempt(() => parseEmail(text))
    assert.ok(performance.now() - started < 50)
  })
})

describe('a phone number', () => {
  it('is kept as a plus sign and its digits', () => {
    assert.equal(parsePhone(' +49 (151) 123-456.78 '), '+4915112345678')
  })

  it('has 8 to 15 digits after the plus sign, the first of them no zero', () => {
    assert.equal(parsePhone('+12345678'), '+12345678')
    assert.equal(parsePhone('+123456789012345'), '+123456789012345')
    for (const text of ['+1234567', '+1234567890123456', '+01234567890', '015112345678', '++4915112345678', '+49151123456x']) refused(() => parsePhone(text), 'malformed')
    refused(() => parsePhone('+٤٩١٥١١٢٣٤٥'), 'not_ascii')
    refused(() => parsePhone(' '), 'required')
  })
})

describe('an address in the log', () => {
  it('shows its first character and its domain, or the last two digits', () => {
    assert.equal(maskAddress('anna@example.com'), 'a…@example.com')
    assert.equal(maskAddress('+4915112345678'), '+…78')
  })
})

describe('a domain', () => {
  it('is what stands behind the at sign', () => {
    assert.equal(domainOf('anna@example.com'), 'example.com')
    assert.equal(domainOf('+4915112345678'), '')
  })

  it('in an allow-list is read by the same grammar', () => {
    assert.equal(parseDomain('Müller.de'), 'xn--mller-kva.de')
    for (const text of ['', 'localhost', '*.de', '@x.com', 'x.com.', 'x。com']) assert.equal(parseDomain(text), undefined)
  })
})

function attempt(parse: () => string): string | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}
