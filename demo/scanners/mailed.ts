/**
 * One sign-in as a scanner finds it: a person has asked for a link, the first screen waits, the mail is there. And what may be left of
 * it when the scanner is done.
 */
import assert from 'node:assert/strict'
import type { TestBackend } from '../../backend/testing/backend.ts'
import { publicUrl } from '../../backend/testing/backend.ts'
import { listen } from '../../backend/testing/event-source.ts'
import { send, type Answer, type Asked } from '../../backend/testing/koa-server.ts'
import { begun, open, press, visitor } from '../../backend/testing/visitor.ts'

/** All that a scanner has: the mail, the network, and what it was answered. */
export type Mail = {
  /** The whole text, code and all. */
  text: string
  link: string
  token: string
  code: string
  ask(asked: Asked): Promise<Answer>
  /** Follows an address as a program does: as it is written, whatever that is. */
  visit(url: string, asked?: Asked): Promise<Answer>
  /** Sends the approve page's form as a browser does, unless the headers say otherwise. */
  press(fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
  answers: Answer[]
}

export type Scene = { backend: TestBackend; mail: Mail; person: Awaited<ReturnType<typeof begun>>; screen: Awaited<ReturnType<typeof listen>> }

export const formHeaders = { 'Content-Type': 'application/x-www-form-urlencoded' }
const browserHeaders = { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', Origin: 'null' }

export async function mailed(backend: TestBackend): Promise<Scene> {
  const person = await begun(backend)
  const screen = await listen(backend, person.started.id)
  await screen.until('state', 'pending')
  return { backend, person, screen, mail: mailFor(backend, person.mail) }
}

function mailFor(backend: TestBackend, { link, token, code, text }: Pick<Mail, 'link' | 'token' | 'code' | 'text'>): Mail {
  const answers: Answer[] = []
  const ask = async (asked: Asked) => {
    const answer = await send(backend.port, asked)
    answers.push(answer)
    return answer
  }
  return {
    link, token, code, text, answers, ask,
    visit: (url, asked = {}) => ask({ path: requestTarget(url), ...asked }),
    press: (fields, headers = browserHeaders) => ask({ method: 'POST', path: '/approve', headers: { ...formHeaders, ...headers }, body: new URLSearchParams({ token, ...fields }).toString() }),
  }
}

/** What a client sends of an address: no fragment, and the rest untouched, odd characters escaped as little as a request line needs. */
function requestTarget(url: string): string {
  const target = url.replace(new RegExp(`^${publicUrl}`, 'i'), '').replace(/#.*$/s, '')
  return target.replace(/[^\x21-\x7e]/gu, (odd) => encodeURIComponent(odd))
}

/** A number that is not on the first screen. */
export const wrongNumber = ({ person }: Scene, nth = 0): string => String((Number(person.started.number) + 1 + nth) % 100).padStart(2, '0')

/** The ways that a person has while nothing is burnt. */
export const ways = {
  'opens the link in the browser that asked': async ({ backend, person: { browser, mail } }: Scene) => {
    const { arrival } = await open(backend, mail.token)
    await browser.claimed({ arrival, verifier: browser.verifier })
  },
  'types the number elsewhere': async ({ backend, screen, person: { browser, started, mail } }: Scene) => {
    assert.equal((await press(backend, mail.token, 'there', started.number)).status, 200)
    await screen.until('state', 'approved')
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier })
  },
  'types the code on the first screen': async ({ person: { browser, started, mail } }: Scene) => {
    await browser.claimed({ sign_in: started.id, verifier: browser.verifier, code: mail.code })
  },
}

/** What nobody may ever have got from a scanner. */
export async function nobodyIsIn({ backend, mail, person: { browser, email } }: Scene): Promise<void> {
  assert.deepEqual(mail.answers.filter(({ status }) => status >= 500), [])
  assert.deepEqual(mail.answers.filter(({ headers }) => headers['set-cookie'] !== undefined), [])
  assert.deepEqual(mail.answers.filter(({ headers }) => headers['cache-control'] !== 'no-store'), [])
  assert.equal((await browser.current()).status, 401)
  const { users, sessions } = backend.services.store
  const user = await users.findByAddress(backend.site.id, email)
  assert.deepEqual(user ? await sessions.ofUser(backend.site.id, user.id) : [], [])
}

const recordOf = async ({ backend, person }: Scene) => (await backend.services.store.signIns.get(person.started.id)) ?? assert.fail('the sign-in is gone')

async function stillWaits(scene: Scene, numberTriesLeft: number): Promise<void> {
  const { state, numberTriesLeft: left, codeTriesLeft } = await recordOf(scene)
  assert.deepEqual([state, left, codeTriesLeft], ['pending', numberTriesLeft, 5])
  const { browser, started } = scene.person
  // V alone gets nothing while nobody approved, and burns nothing.
  assert.equal((await browser.claim({ sign_in: started.id, verifier: browser.verifier })).status, 401)
}

/** The first screen hears it at once, every other way is closed, and a new link is one press away. */
async function isOver(scene: Scene, state: 'rejected' | 'moved'): Promise<void> {
  const { backend, person: { browser, started, mail, email }, screen } = scene
  await screen.until('state', state)
  await screen.ended
  assert.equal((await recordOf(scene)).state, state)
  assert.equal((await open(backend, mail.token)).status, 410)
  for (const tried of [{ verifier: browser.verifier }, { verifier: browser.verifier, code: mail.code }]) {
    assert.equal((await browser.claim({ sign_in: started.id, ...tried })).status, 401)
  }
  const again = visitor(backend)
  const next = await again.started(email)
  assert.notEqual(next.id, started.id)
}

export type Leaves = keyof typeof remains

/** What may be left of a sign-in. `goesOn`: the person's own ways all work. */
export const remains = {
  everything: { says: 'leaves the sign-in as it was', goesOn: true, check: (scene: Scene) => stillWaits(scene, 2) },
  'one try of the number': { says: 'leaves one more try of the number', goesOn: true, check: (scene: Scene) => stillWaits(scene, 1) },
  'a stopped sign-in': { says: 'stops the sign-in: the first screen is told at once, and a new link can be asked for', goesOn: false, check: (scene: Scene) => isOver(scene, 'rejected') },
  'a moved sign-in': { says: 'takes the sign-in away from the first screen, which is told at once and may ask for a new link', goesOn: false, check: (scene: Scene) => isOver(scene, 'moved') },
}
