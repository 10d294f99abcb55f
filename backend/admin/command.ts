/** What a command of `linklatch` is: a verb, what it takes, what it does. The table of them is the help text too. */
import * as v from 'valibot'
import { parseEmail, parsePhone } from '../users/address.ts'
import type { AdminClient } from './admin-client.ts'

export const options = {
  site: { type: 'string' },
  name: { type: 'string' },
  origin: { type: 'string', multiple: true },
  landing: { type: 'string', multiple: true },
  mode: { type: 'string' },
  strict: { type: 'string' },
  'code-only': { type: 'string' },
  locale: { type: 'string' },
  logo: { type: 'string' },
  color: { type: 'string' },
  'allowed-domain': { type: 'string', multiple: true },
  'link-ttl': { type: 'string' },
  webhook: { type: 'string' },
  mail: { type: 'boolean' },
  search: { type: 'string' },
  server: { type: 'boolean' },
  newest: { type: 'boolean' },
  about: { type: 'string' },
  after: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** As `util.parseArgs` gives them. */
export type Values = {
  site?: string
  name?: string
  origin?: string[]
  landing?: string[]
  mode?: string
  strict?: string
  'code-only'?: string
  locale?: string
  logo?: string
  color?: string
  'allowed-domain'?: string[]
  'link-ttl'?: string
  webhook?: string
  mail?: boolean
  search?: string
  server?: boolean
  newest?: boolean
  about?: string
  after?: string
  from?: string
  to?: string
}

export type Run = { admin: AdminClient; args: string[]; values: Values; print(text: string): void }
export type Command = {
  verb: string
  /** How many words follow the verb. */
  args: number
  takes: string
  does: string
  run(run: Run): Promise<void>
}

/** An option that a command has no use for was meant to do something: `keys rotate --site ID` does not rotate one site's keys. */
export function refuseOtherOptions(name: string, values: Values, { takes, does }: Pick<Command, 'takes' | 'does'>): void {
  const other = Object.keys(values).find((option) => !new RegExp(`--${option}(?![\\w-])`).test(`${takes} ${does}`))
  if (other !== undefined) throw new Error(`${name} takes no --${other}; linklatch --help shows what it takes`)
}

const site = v.object({ id: v.string(), name: v.string() })

/** The site that was named, or the only one. */
export async function siteOf({ admin, values }: Run): Promise<string> {
  if (values.site !== undefined) return encodeURIComponent(values.site)
  const { items } = v.parse(v.object({ items: v.array(site) }), await admin.call('GET', '/sites'))
  const [only, ...others] = items
  if (only && others.length === 0) return only.id
  if (!only) throw new Error('there is no site yet: linklatch sites add')
  throw new Error(`there are several sites: say which with --site ${items.map(({ id, name }) => `${id} (${name})`).join(', ')}`)
}

const person = v.object({ id: v.string(), email: v.optional(v.string()), phone: v.optional(v.string()) })

/** The path of a person who was named by id or by address. */
export async function userPath(run: Run): Promise<string> {
  const path = `/sites/${await siteOf(run)}/users`
  const [named = ''] = run.args
  if (!isAddress(named)) return `${path}/${encodeURIComponent(named)}`
  const address = named.startsWith('+') ? parsePhone(named) : parseEmail(named)
  for await (const item of run.admin.all(`${path}?q=${encodeURIComponent(address)}`)) {
    const { id, email, phone } = v.parse(person, item)
    if (email === address || phone === address) return `${path}/${id}`
  }
  throw new Error(`nobody at this site has the address ${address}`)
}

/** No id holds an `@`, or begins with a `+`. */
const isAddress = (named: string): boolean => named.includes('@') || named.startsWith('+')
