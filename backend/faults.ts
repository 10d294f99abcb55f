/** What may be wrong with one field of a request: a closed set of words, each with what it says after the field's name. */
const table = {
  required: 'is missing',
  unknown_field: 'is no field of this request',
  wrong_type: 'is not of the type that it takes',
  invalid: 'is not of the form that it takes',
  not_one_of: 'is none of the values that it takes',
  one_of: 'or another field has to be there, and not both',
  too_long: 'is too long, or has too many entries',
  too_short: 'is too short, or has too few entries',
  too_large: 'is too large',
  too_small: 'is too small',
  too_many: 'names too many',
  repeated: 'is there more than once',
  duplicate_key: 'is there more than once',
  duplicate: 'is the second one for the same origin',
  not_an_origin: 'is not an origin, such as https://shop.example',
  origin_not_listed: 'is on no origin of the site',
  not_a_url: 'is not a URL',
  https_required: 'has to be https',
  userinfo: 'holds a user or a password',
  fragment: 'has a fragment',
  not_public: 'is no public address',
  wildcard_misplaced: 'has a * where none may be',
  wildcard_too_wide: 'has a * that takes in the sites of others',
  not_a_domain: 'is not a domain',
  not_ascii: 'has letters that an address may not have',
  malformed: 'is not an address',
  taken: 'belongs to somebody else at this site',
  blocked: 'belongs to somebody who is blocked',
  domain_not_allowed: 'is of a domain that the site does not take',
  site_has_no_page: 'takes a page to lead to, and the site has none (patterns with a * alone, or plain http in production): give it a landing URL without a *, or an exact origin',
  landing_url_required: 'takes a landing URL for each origin of the site',
  channel_off: 'is of no use here: the backend has no way to phones (LINKLATCH_SMS_URL)',
  proof_required: 'takes a DPoP proof beside it',
  not_an_id: 'is no id of this list',
  not_a_cursor: 'is no cursor of this list',
} as const

export type FaultCode = keyof typeof table
export const faultCodes = Object.keys(table) as FaultCode[]

/** As a clause for a person; a word of another version as it is. */
export function faultInWords(code: string): string {
  return faultCodes.some((each) => each === code) ? table[code as FaultCode] : `is refused: ${code.replaceAll('_', ' ')}`
}

/** As much of a schema library's issue as is needed here. */
export type Issue = { type: string; expected?: string | null; received?: string; path?: readonly { key: unknown }[] | undefined }

/** The library's names are its own, and may change with it. Those that are none of these are of checks, such as a pattern. */
const ofIssues: Readonly<Record<string, FaultCode>> = {
  string: 'wrong_type', number: 'wrong_type', boolean: 'wrong_type', array: 'wrong_type',
  picklist: 'not_one_of', literal: 'not_one_of',
  max_length: 'too_long', min_length: 'too_short', max_value: 'too_large', min_value: 'too_small',
}

export function faultOf({ type, expected, received }: Issue): FaultCode {
  if (type !== 'strict_object') return ofIssues[type] ?? 'invalid'
  if (expected === 'never') return 'unknown_field'
  return received === 'undefined' ? 'required' : 'wrong_type'
}
