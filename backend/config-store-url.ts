/** `LINKLATCH_STORE_URL` → where Redis is. Three kinds, each over TCP or, with `rediss`, over TLS. */
import { Wrong } from './config-values.ts'

export type StoreAddress = Readonly<{
  kind: 'single' | 'sentinel' | 'cluster'
  hosts: readonly Readonly<{ host: string; port: number }>[]
  tls: boolean
  username?: string
  password?: string
  /** 0 in a cluster, which has no other. */
  database: number
  /** What Sentinel calls the master. */
  master?: string
}>

const takes = 'it takes redis://user:password@host:6379/0, redis+sentinel://host:26379,host:26379/master-name or redis+cluster://host:6379,host:6379; rediss… for TLS; special characters percent-encoded'
const form = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]+)((?:\/[^/?#\s]*){0,2})$/i
const defaultPorts = { single: 6379, sentinel: 26379, cluster: 6379 }

/** @throws {Wrong} with what it takes; never with a part of the URL, which may hold a password */
export function storeUrl(text: string): StoreAddress {
  const [, scheme = '', word, user, hosts = '', path = ''] = form.exec(text) ?? wrong()
  const kind = word === undefined ? 'single' : word.toLowerCase() === 'sentinel' ? 'sentinel' : 'cluster'
  const parts = path.split('/').slice(1).filter((part, index, all) => part !== '' || index < all.length - 1)
  const parsedHosts = hosts.split(',').map((host) => hostOf(host, defaultPorts[kind]))
  if (kind === 'single' && parsedHosts.length > 1) wrong()
  return {
    kind,
    hosts: parsedHosts,
    tls: scheme.toLowerCase() === 'rediss',
    ...(user !== undefined && credentials(user)),
    ...pathOf(kind, parts),
  }
}

/** As it may be shown: without credentials. */
export function shownAddress({ kind, hosts, tls, database, master }: StoreAddress): string {
  const scheme = `${tls ? 'rediss' : 'redis'}${kind === 'single' ? '' : `+${kind}`}`
  const path = [master, database === 0 ? undefined : database].filter((part) => part !== undefined)
  return `${scheme}://${hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')}${path.map((part) => `/${part}`).join('')}`
}

function pathOf(kind: StoreAddress['kind'], parts: string[]): Pick<StoreAddress, 'database' | 'master'> {
  if (kind === 'cluster') return parts.length === 0 ? { database: 0 } : wrong()
  const [first, second] = parts
  if (kind === 'single') return second === undefined ? { database: databaseOf(first) } : wrong()
  if (first === undefined || first === '') return wrong()
  return { master: decoded(first), database: databaseOf(second) }
}

function databaseOf(text: string | undefined): number {
  if (text === undefined) return 0
  return /^\d{1,5}$/.test(text) ? Number(text) : wrong()
}

function hostOf(text: string, defaultPort: number): { host: string; port: number } {
  const [, ipv6, name, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text) ?? wrong()
  const number = port === undefined ? defaultPort : Number(port)
  if (number < 1 || number > 65_535) wrong()
  return { host: ipv6 ?? name ?? wrong(), port: number }
}

/** `user:password`, `:password`, or `user` alone. */
function credentials(text: string): Pick<StoreAddress, 'username' | 'password'> {
  const colon = text.indexOf(':')
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  return { ...(user !== '' && { username: decoded(user) }), ...(password !== '' && { password: decoded(password) }) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return wrong()
  }
}

function wrong(): never {
  throw new Wrong(takes)
}
