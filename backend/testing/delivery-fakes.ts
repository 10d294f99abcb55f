/** For tests of the delivery queue: a sign-in, the store's few methods it uses, and time that is moved by hand. */
import type { Timer } from '../timer.ts'
import type { Letter } from '../delivery/delivery.ts'
import type { LetterOrder } from '../delivery/letter-order.ts'
import { isFinal, type Delivery, type SignIn } from '../sign-in/sign-in.ts'
import type { SignInStore, Step } from '../store/store.ts'

/** Epoch seconds at which the tests begin: 14 May 2026, 09:41:00 UTC. */
export const testStart = 1_778_751_660

/** A pending sign-in with one mail asked for; `delivery` is merged. */
export function testSignIn({ delivery, ...rest }: Partial<Omit<SignIn, 'delivery'>> & { delivery?: Partial<Delivery> } = {}): SignIn {
  return {
    id: 'sign-in-1-abcdefghijkl',
    siteId: '0123456789abcdef',
    origin: 'https://shop.example.com',
    channel: 'email',
    address: 'anna@example.com',
    challenge: 'c'.repeat(43),
    state: 'pending',
    createdAt: testStart,
    expiresAt: testStart + 600,
    locale: 'en',
    browser: 'Firefox on Windows',
    codeTriesLeft: 5,
    numberTriesLeft: 2,
    delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: testStart, lastAskedAt: testStart, ...delivery },
    ...rest,
  }
}

export function testLetter(signIn: SignIn): Letter {
  return { to: signIn.address, channel: signIn.channel, siteName: 'Acme', subject: 'Sign in to Acme', text: signIn.id, messageId: `x.${signIn.delivery.settled + 1}@a`, locale: 'en' }
}

export function testOrder(signIn: SignIn): LetterOrder {
  return { kind: 'sign-in', signIn, site: { name: 'Acme' }, link: 'https://auth.example.com/link?token=a.b.c', code: '012345', publicUrl: 'https://auth.example.com', now: testStart }
}

export type FakeSignIns = Pick<SignInStore, 'mailDue' | 'change'> & {
  get: (id: string) => SignIn
  put: (signIn: SignIn) => void
  /** While set, every call rejects with it. */
  broken?: Error | undefined
  /** What was written, in order. */
  written: SignIn[]
}

export function fakeSignIns(...signIns: SignIn[]): FakeSignIns {
  const kept = new Map(signIns.map((signIn) => [signIn.id, signIn]))
  const fake: FakeSignIns = {
    written: [],
    get(id) {
      const found = kept.get(id)
      if (!found) throw new Error('no such sign-in')
      return found
    },
    put: (signIn) => void kept.set(signIn.id, signIn),
    async change<Result>(id: string, step: (signIn: SignIn | undefined) => Step<SignIn, Result>) {
      if (fake.broken) throw fake.broken
      const { next, result } = step(kept.get(id))
      if (next) {
        kept.set(id, next)
        fake.written.push(next)
      }
      return result
    },
    async mailDue(limit) {
      if (fake.broken) throw fake.broken
      const due = [...kept.values()].filter(({ state, delivery }) => !isFinal(state) && delivery.settled < delivery.asked)
      return due.sort((a, b) => a.delivery.nextAttemptAt - b.delivery.nextAttemptAt).slice(0, limit)
    },
  }
  return fake
}

export type HandMovedTime = {
  now: () => number
  timer: Timer
  /** Goes on by `seconds`, fires what falls due on the way in order, and lets what follows from it happen. */
  pass: (seconds: number) => Promise<void>
  /** How many timers are waiting. */
  waiting: () => number
}

export function handMovedTime(start = testStart): HandMovedTime {
  let now = start
  const timers = new Set<{ at: number; run: () => void }>()
  const nextDue = (until: number) => [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    timer(seconds, run) {
      const entry = { at: now + seconds, run }
      timers.add(entry)
      return () => timers.delete(entry)
    },
    async pass(seconds) {
      const until = now + seconds
      await settle()
      for (let due = nextDue(until); due; due = nextDue(until)) {
        timers.delete(due)
        now = Math.max(now, due.at)
        due.run()
        await settle()
      }
      now = until
    },
    waiting: () => timers.size,
  }
}

/** Lets everything that waits for promises alone come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
