/** The requests of a sign-in as browsers send them, as text for a socket. */
import { createHash, randomBytes } from 'node:crypto'
import { headerOf, type Answer } from './connection.ts'

/** A site and the backend's origin. */
export type Host = { siteId: string; hostOrigin: string; publicUrl: string }
export type Person = { email: string; verifier: string; challenge: string }

export function newPerson(name: string): Person {
  const verifier = randomBytes(32).toString('base64url')
  return { email: `${name}@example.com`, verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const common = `Host: bench\r\nUser-Agent: ${browser}\r\nAccept: */*\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n`

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\n${common}${headers}\r\n`
const post = (path: string, type: string, body: string, headers: string) =>
  `POST ${path} HTTP/1.1\r\n${common}${headers}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const postJson = (path: string, body: object, headers: string) => post(path, 'application/json', JSON.stringify(body), headers)

export const barePost = (): string => postJson('/', { site: '0123456789abcdef', email: 'person-1@example.com', challenge: 'c'.repeat(43) }, 'Origin: https://shop.example\r\n')
export const bareGet = (): string => get('/')

export function startSignIn({ siteId, hostOrigin }: Host, { email, challenge }: Person): string {
  return postJson('/v1/sign-ins', { site: siteId, email, challenge }, `Origin: ${hostOrigin}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n`)
}

export const openLink = (_host: Host, token: string): string => get(`/link?token=${token}`, 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n')

const ofBridge = ({ publicUrl }: Host) => `Origin: ${publicUrl}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n`

export const claimByArrival = (host: Host, arrival: string, { verifier }: Person): string => postJson('/v1/sessions', { arrival, verifier }, ofBridge(host))
export const claimByCode = (host: Host, id: string, code: string, { verifier }: Person): string => postJson('/v1/sessions', { sign_in: id, verifier, code }, ofBridge(host))
export const claimByApproval = (host: Host, id: string, { verifier }: Person): string => postJson('/v1/sessions', { sign_in: id, verifier }, ofBridge(host))
export const refresh = (host: Host, cookie: string): string => postJson('/v1/sessions/refresh', { site: host.siteId }, `${ofBridge(host)}Cookie: ${cookie}\r\n`)

export function approve(_host: Host, token: string, number: string): string {
  const body = new URLSearchParams({ token, choice: 'there', number }).toString()
  return post('/approve', 'application/x-www-form-urlencoded', body, 'Origin: null\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n')
}

export const arrivalOf = (answer: Answer): string => headerOf(answer, 'location').split('#linklatch=')[1] ?? ''
export const cookieOf = (answer: Answer): string => headerOf(answer, 'set-cookie').split(';')[0] ?? ''
