/**
 * The one grammar of addresses (R72), and the one place where they are made canonical (R73): parse once at the edge,
 * and from then on store, mail, count and compare the result alone.
 *
 * The whole address is lower-cased. RFC 5321 would let a mailbox tell `Anna` from `anna`; in practice none does, and
 * two spellings that reach one mailbox must not become two accounts with two budgets.
 */
import { domainToASCII, domainToUnicode } from 'node:url'
import { Problem } from '../problems.ts'

export type AddressFault = 'required' | 'too_long' | 'not_ascii' | 'malformed'

const maxInputLength = 1024
const maxLocalLength = 64
/** RFC 5321, section 4.5.3.1.3: 256 octets with the angle brackets. */
const maxAddressLength = 254
/** The atext of RFC 5322, without `%` and `!`: old relays read those as routes. */
const dotAtom = /^[a-z0-9#$&'*+/=?^_`{|}~-]+(?:\.[a-z0-9#$&'*+/=?^_`{|}~-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** Letters, marks and digits of any script, and nothing that is drawn as nothing (soft hyphen, zero width, fillers). */
const idnText = /^(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}.-])+$/u

/**
 * An e-mail address as a person typed it → its canonical form: lower case, the domain in A-labels.
 * ASCII whitespace at the ends is dropped, everything else has to fit: dot-atom local part of at most 64 characters,
 * a domain with a dot, at most 254 in all. Throws `invalid_address` with an `AddressFault` for the field `email`.
 */
export function parseEmail(text: string): string {
  const refuse = (code: AddressFault) => refusal('email', code)
  if (text.length > maxInputLength) throw refuse('too_long')
  const typed = trimAscii(text)
  if (typed === '') throw refuse('required')
  const cut = typed.lastIndexOf('@')
  if (cut < 1) throw refuse('malformed')
  // Before any folding: a Kelvin sign lower-cases to `k` (F13).
  if (!isAscii(typed.slice(0, cut))) throw refuse('not_ascii')
  const local = typed.slice(0, cut).toLowerCase()
  const domain = asciiDomain(typed.slice(cut + 1))
  if (domain === undefined || !dotAtom.test(local) || !isMailDomain(domain)) throw refuse('malformed')
  const address = `${local}@${domain}`
  if (local.length > maxLocalLength || address.length > maxAddressLength) throw refuse('too_long')
  return address
}

/**
 * A phone number as a person typed it → E.164: `+` and 8 to 15 digits. Spaces, hyphens, parentheses and dots are dropped.
 * Throws `invalid_address` with an `AddressFault` for the field `phone`.
 */
export function parsePhone(text: string): string {
  if (text.length > maxInputLength) throw refusal('phone', 'too_long')
  const number = text.replace(/[\t\n\f\r ().-]/g, '')
  if (number === '') throw refusal('phone', 'required')
  if (!isAscii(number)) throw refusal('phone', 'not_ascii')
  if (!isPhone(number)) throw refusal('phone', 'malformed')
  return number
}

/** E.164, section 6.2.1, written as `+` and digits: what `parsePhone` gives. */
export function isPhone(text: string): boolean {
  return /^\+[1-9]\d{7,14}$/.test(text)
}

/** A canonical address for the log: `anna@example.com` → `a…@example.com`, `+4915112345678` → `+…78` (R81). */
export function maskAddress(address: string): string {
  const cut = address.lastIndexOf('@')
  return cut < 0 ? `+…${address.slice(-2)}` : `${address.slice(0, 1)}…${address.slice(cut)}`
}

/** The domain of a canonical e-mail address, in lower-case A-labels; an empty text for a phone number. */
export function domainOf(address: string): string {
  const cut = address.lastIndexOf('@')
  return cut < 0 ? '' : address.slice(cut + 1)
}

/**
 * A domain as a person typed it → lower-case A-labels, or nothing when it is none that mail could go to.
 * An international domain has to be written the way it is kept: what IDNA would fold away (full-width letters,
 * ideographic dots, soft hyphens, decomposed accents) is refused rather than guessed at.
 */
export function parseDomain(text: string): string | undefined {
  const domain = asciiDomain(text)
  return domain !== undefined && isMailDomain(domain) ? domain : undefined
}

function asciiDomain(text: string): string | undefined {
  if (isAscii(text)) return text.toLowerCase()
  if (!idnText.test(text) || text.normalize('NFKC') !== text) return undefined
  const ascii = domainToASCII(text)
  return domainToUnicode(ascii) === text.toLowerCase() ? ascii : undefined
}

function isMailDomain(domain: string): boolean {
  const labels = domain.split('.')
  const wellFormed = domain.length <= 253 && labels.length > 1 && labels.every((each) => label.test(each))
  if (!wellFormed || /^\d+$/.test(labels.at(-1) ?? '')) return false
  // An A-label that does not decode is no name: IDNA gives nothing, or another spelling of it.
  return !domain.includes('xn--') || domainToASCII(domain) === domain
}

function trimAscii(text: string): string {
  const isSpace = (at: number) => ' \t\n\f\r'.includes(text.charAt(at))
  let start = 0
  let end = text.length
  while (start < end && isSpace(start)) start++
  while (end > start && isSpace(end - 1)) end--
  return text.slice(start, end)
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

function refusal(field: 'email' | 'phone', code: AddressFault): Problem {
  return new Problem('invalid_address', { errors: [{ field, code }] })
}
