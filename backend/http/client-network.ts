/** The network that limits count by. */
import ipaddr from 'ipaddr.js'

/**
 * A client's address → the network it belongs to: an IPv4 address as it is, an IPv4-mapped one as IPv4, an IPv6 address as
 * its /64 (`2001:db8:1:2::/64`), for one household has as many addresses in it as it likes. The port and the brackets that some
 * proxies add are dropped: otherwise everybody behind such a one would share one budget. Anything else: `unknown`.
 */
export function networkOf(ip: string): string {
  const text = bareAddress(ip).replace(/%[\w.-]*$/, '')
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text
  if (!ipaddr.IPv6.isValid(text)) return 'unknown'
  const address = ipaddr.IPv6.parse(text)
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().toString()
  const [a, b, c, d] = address.parts
  return `${ipaddr.IPv6.parse(`${[a, b, c, d].map((part) => (part ?? 0).toString(16)).join(':')}::`).toString()}/64`
}

/** `[2001:db8::1]:4711`, `[2001:db8::1]` and `192.0.2.7:4711` without what is not the address; any other text as it is. */
function bareAddress(text: string): string {
  return /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^(\d[\d.]*):\d{1,5}$/.exec(text)?.[1] ?? text
}

/** A cloud's own service under an address that looks like anybody's (Azure). */
const notForPrograms = new Set(['168.63.129.16'])

/**
 * Whether an address is anybody's on the internet: not private, shared, local to link or machine, multicast, reserved, a cloud's own, nor one that
 * carries another address in it (IPv4 in IPv6, by mapping, translation or tunnel).
 */
export function isPublic(ip: string): boolean {
  if (!ipaddr.isValid(ip)) return false
  const address = ipaddr.process(ip)
  const isGlobal = address.kind() === 'ipv4' || ((address as ipaddr.IPv6).parts[0] ?? 0) >> 13 === 1
  return isGlobal && address.range() === 'unicast' && !notForPrograms.has(address.toString())
}

/** A host as the URL parser gives it: a name that is not this machine's, or a public address. What a name stands for is seen when it is resolved. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(host) ? isPublic(host) : !/(^|\.)localhost\.?$/.test(host)
}

/** Whether an address is the machine's own. */
export function isLoopback(ip: string): boolean {
  return ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'loopback'
}
