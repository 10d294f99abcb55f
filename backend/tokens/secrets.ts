/**
 * What is derived from the root secrets instead of being kept: code, match number and refresh secret are in no file of the store (R6, R20),
 * and a mail that is repeated after a crash carries the same link and code.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Session } from '../sessions/session.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import type { KeyFile } from './key-file.ts'

/** Each purpose has a key of its own (R30). */
export type Purpose = 'link' | 'arrival' | 'handoff' | 'code' | 'number' | 'refresh' | 'pseudonym' | 'mark'
const purposes: Purpose[] = ['link', 'arrival', 'handoff', 'code', 'number', 'refresh', 'pseudonym', 'mark']

export type Secrets = {
  /** The key that was in force at `time`: what was made with it can be made again. */
  keyAt(purpose: Purpose, time: number): Uint8Array
  /** Every key of that purpose, newest first, for tokens whose time is not known before they are checked. */
  keys(purpose: Purpose): Uint8Array[]
  /** Six uniform digits. */
  codeOf(signIn: Pick<SignIn, 'id' | 'createdAt'>): string
  /** The match number: two uniform digits. */
  numberOf(signIn: Pick<SignIn, 'id' | 'createdAt'>): string
  /** The refresh secret of the session's present generation. */
  refreshTokenOf(session: Session): string
  /** Takes a shown refresh secret apart. Says nothing yet of its truth. */
  parseRefreshToken(token: string): { sessionId: string; generation: number } | undefined
  /** Whether `token` is what this session had, or has, at the generation that it names. */
  isRefreshTokenOf(session: Session, token: string): boolean
  /** A stable name for an address, for keys of counters. */
  pseudonym(text: string): string
}

export function createSecrets(keyFile: KeyFile): Secrets {
  const roots = [...keyFile.secrets].sort((a, b) => b.signsFrom - a.signsFrom).map((root) => ({ signsFrom: root.signsFrom, keys: deriveKeys(root.secret) }))
  const rootAt = (time: number) => roots.find((root) => root.signsFrom <= time) ?? roots.at(-1)
  const keyAt = (purpose: Purpose, time: number): Uint8Array => {
    const key = rootAt(time)?.keys.get(purpose)
    if (!key) throw new TypeError(`no key for ${purpose}`)
    return key
  }
  const keys = (purpose: Purpose) => roots.flatMap((root) => root.keys.get(purpose) ?? [])
  return {
    keyAt,
    keys,
    codeOf: (signIn) => uniformDigits(keyAt('code', signIn.createdAt), signIn.id, 6),
    numberOf: (signIn) => uniformDigits(keyAt('number', signIn.createdAt), signIn.id, 2),
    refreshTokenOf: (session) => refreshToken(session, session.generation, keyAt('refresh', session.createdAt)),
    parseRefreshToken,
    isRefreshTokenOf(session, token) {
      const shown = parseRefreshToken(token)
      if (shown?.sessionId !== session.id) return false
      // By each root: where the store's clock runs ahead of the one that a rotation goes by, a session may seem to be younger than its root.
      return keys('refresh').some((key) => equalText(token, refreshToken(session, shown.generation, key)))
    },
    pseudonym: (text) => createHmac('sha256', keyAt('pseudonym', 0)).update(text).digest('base64url').slice(0, 22),
  }
}

function deriveKeys(secret: string): Map<Purpose, Uint8Array> {
  const root = Buffer.from(secret, 'base64url')
  return new Map(purposes.map((purpose) => [purpose, new Uint8Array(hkdfSync('sha256', root, '', `linklatch ${purpose}`, 32))]))
}

/** Uniform by rejection: a draw that would favour the low numbers is thrown away. */
export function uniformDigits(key: Uint8Array, text: string, digits: number): string {
  const range = 10 ** digits
  const limit = Math.floor(2 ** 32 / range) * range
  for (let round = 0; ; round += 1) {
    const draw = parseInt(createHmac('sha256', key).update(`${round}.${text}`).digest('hex').slice(0, 8), 16)
    if (draw < limit) return String(draw % range).padStart(digits, '0')
  }
}

function refreshToken(session: Session, generation: number, key: Uint8Array): string {
  const mac = createHmac('sha256', key).update(`${session.id}.${generation}.${session.seed}`).digest('base64url')
  return `${session.id}.${generation}.${mac}`
}

function parseRefreshToken(token: string): { sessionId: string; generation: number } | undefined {
  const match = /^([\w-]{22})\.(\d{1,9})\.[\w-]{43}$/.exec(token)
  return match?.[1] && match[2] ? { sessionId: match[1], generation: Number(match[2]) } : undefined
}

/** Constant time for texts of the same length. */
export function equalText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
