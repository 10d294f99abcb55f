/** `LINKLATCH_LIMITS`: how often something may happen (contract, section 1; R90). */
import { Wrong } from './config-values.ts'
import { nearestName } from './nearest-name.ts'

/** At most `max` times in a window of `seconds`. */
export type Limit = Readonly<{ max: number; seconds: number }>
export type LimitName = keyof typeof defaults
export type Limits = Readonly<Record<LimitName, Limit>>

const defaults = {
  /** Starts for one address, over all sites. */
  'start.address': { max: 5, seconds: 600 },
  /** Starts for one address from one network. */
  'start.address_ip': { max: 3, seconds: 600 },
  'start.ip': { max: 20, seconds: 600 },
  'start.site': { max: 1000, seconds: 3600 },
  /** Mails past `start.address` that one browser gets where the person has signed in before. */
  'start.mark': { max: 3, seconds: 3600 },
  /** The same for one address, over all such browsers and sites. */
  'start.marked': { max: 6, seconds: 3600 },
  /** Tries of codes for one address at one site. */
  'code.address': { max: 10, seconds: 86400 },
  'code.site': { max: 300, seconds: 600 },
  /** Exports that one person asks for: each reads all that the log of the site holds. */
  'export.user': { max: 10, seconds: 3600 },
  /** Wrong admin tokens. */
  'admin.ip': { max: 20, seconds: 600 },
}
export const limitNames = Object.keys(defaults).filter(isLimitName)
const streams = 'streams.ip'
const names: readonly string[] = [...limitNames, streams]
const most = 1_000_000_000

/** `name=max/seconds` pairs, separated by commas, on top of the defaults; `streams.ip=max`. Throws `Wrong`. */
export function parseLimits(text: string): { limits: Limits; streamsPerIp: number } {
  const limits: Record<LimitName, Limit> = { ...defaults }
  let streamsPerIp = 60
  const seen = new Set<string>()
  for (const pair of text.trim() === '' ? [] : text.split(',')) {
    const { name, value } = nameAndValue(pair)
    if (seen.has(name)) throw new Wrong(`${name} is in it twice`)
    seen.add(name)
    if (isLimitName(name)) limits[name] = limitFrom(name, value)
    else streamsPerIp = count(value) ?? wrongValue(name, 'a whole number from 1')
  }
  return { limits, streamsPerIp }
}

function nameAndValue(pair: string): { name: string; value: string } {
  const [name = '', value = '', ...more] = pair.split('=').map((part) => part.trim())
  if (name === '' || more.length > 0) throw new Wrong('it takes name=max/seconds pairs, separated by commas, such as start.ip=20/600')
  if (!names.includes(name)) throw new Wrong(`there is no limit ${JSON.stringify(name)}, did you mean ${nearestName(name, names)}? It takes ${names.join(', ')}`)
  return { name, value }
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(defaults, name)
}

function limitFrom(name: string, value: string): Limit {
  const [left = '', right = '', ...more] = value.split('/')
  const max = count(left)
  const seconds = count(right)
  return max !== undefined && seconds !== undefined && more.length === 0 ? { max, seconds } : wrongValue(name, 'max/seconds, two whole numbers from 1')
}

function count(text: string): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= most ? number : undefined
}

function wrongValue(name: string, takes: string): never {
  throw new Wrong(`${name} takes ${takes}`)
}
