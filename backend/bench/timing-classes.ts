/** Whom the timing benchmark asks for, and which of them must not be told from which. */
export const closedOrigin = 'https://shop.example'
export const openOrigin = 'https://open.example'

/** What the measured process says of itself. */
export type Seeded = { url: string; closed: string; open: string }

export type ClassName = 'member' | 'blocked' | 'not invited' | 'domain not allowed' | 'over mail budget' | 'known (open site)' | 'unknown (open site)'

export type Class = {
  name: ClassName
  site: 'closed' | 'open'
  /** The class that it must look like. */
  like: ClassName
  /** The address of its `nth` start. */
  address: (nth: number) => string
  /** How its mail ends, as the stream tells. */
  end: 'sent' | 'deferred'
}

/** So few that each is spent before the measuring begins. */
export const overBudgetAddresses = 10

/** `start.address` of the measured backend. */
export const mailsAnAddress = 3

const each = (word: string, domain = 'example.com') => (nth: number) => `${word}${nth}@${domain}`

export const classes: Class[] = [
  { name: 'member', site: 'closed', like: 'member', address: each('member'), end: 'sent' },
  { name: 'blocked', site: 'closed', like: 'member', address: each('blocked'), end: 'sent' },
  { name: 'not invited', site: 'closed', like: 'member', address: each('anybody'), end: 'sent' },
  { name: 'domain not allowed', site: 'closed', like: 'member', address: each('member', 'example.org'), end: 'sent' },
  { name: 'over mail budget', site: 'closed', like: 'member', address: (nth) => `often${nth % overBudgetAddresses}@example.com`, end: 'deferred' },
  { name: 'known (open site)', site: 'open', like: 'known (open site)', address: each('known'), end: 'sent' },
  { name: 'unknown (open site)', site: 'open', like: 'known (open site)', address: each('unkwn'), end: 'sent' },
]
