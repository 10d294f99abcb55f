/** Files of the audit log: `<log>.<number>.<time of its first event>.log`, so that a directory's names tell what may go. */

export type EventSegment = { log: string; number: number; firstAt: number }

/** A log's name for the server's own; no id of a site has a dot. */
export const serverLog = 'server.own'

const siteId = /^[\w-]{1,64}$/
const pattern = /^(server\.own|[\w-]{1,64})\.(\d{8})\.(\d{1,12})\.log$/
const idPattern = /^(\d{8})-(\d{8})$/

export function logNamed(site: string | undefined): string {
  if (site === undefined) return serverLog
  if (!siteId.test(site)) throw new TypeError('an event’s site has an id that is none')
  return site
}

export const eventSegmentName = ({ log, number, firstAt }: EventSegment): string => `${log}.${digits(number)}.${firstAt}.log`

/** What a file name says; `undefined` when it is no segment of the audit log. */
export function parseEventSegmentName(name: string): EventSegment | undefined {
  const [, log, number, firstAt] = pattern.exec(name) ?? []
  return log === undefined ? undefined : { log, number: Number(number), firstAt: Number(firstAt) }
}

/** Where an event stands, as text: of two in one log, the later one's is the greater. */
export const eventId = (number: number, at: number): string => `${digits(number)}-${digits(at)}`

export function parseEventId(id: string): { number: number; at: number } | undefined {
  const [, number, at] = idPattern.exec(id) ?? []
  return number === undefined ? undefined : { number: Number(number), at: Number(at) }
}

const digits = (number: number): string => String(number).padStart(8, '0')
