/**
 * What people and an operator do, one step after another, with what each step leaves in the store: the model that a crashed store is
 * compared with. A visit has one step under way at most, so the store holds what the acknowledged steps left, or that and the next one.
 */
import { adminToken } from '../testing/backend.ts'
import { call, open, press, readLetter, visitor, type Answer } from '../testing/visitor.ts'
import { portHeader } from './target-process.ts'
import type { Store } from '../store/store.ts'

/** `leaves`: what `look` says afterwards. `shows`: what a line of the journal must hold that does it. `port`: the client's, once it was answered. */
export type Step = { name: string; leaves: string; shows: string[]; port?: number }

export type Visit = {
  /** Beginning with the state before the first one. */
  steps: Step[]
  /** How many of them have been acknowledged. */
  acknowledged: number
  /** What the store holds of it. */
  look(store: Store): Promise<string>
  run(): Promise<void>
}

/** What visits speak to. */
export type Target = { url: string; site: { id: string }; fetch: typeof fetch; letterTo(address: string): Promise<string> }

/** `target-process.ts` notes it there. */
const portOf = (answer: Answer): number => Number(answer.headers.get(portHeader))

const bare = 'none'
const removed = (sessionId: string): string[] => ['"sessions"', sessionId, '"removes":[[']

type Known = { email: string; browser: ReturnType<typeof visitor>; started: { id: string; number: string }; mail: { token: string; code: string }; sessionId: string; accessToken: string; handoff: string; generation: number }
type Act = { status: number; does(known: Known, target: Target): Promise<Answer>; shows(known: Known): string[]; leaves(before: string): string }

const state = (name: string) => (before: string) => before.replace(/^\w+/, name)
const session = (generation: string) => (before: string) => before.replace(/[^ ]+$/, generation)
const born = (known: Known): string[] => [known.email, `"${known.sessionId}"`]

const acts = {
  start: { status: 202, does: ({ browser, email }) => browser.start(email), shows: ({ email }) => [email, '"pending"'], leaves: () => 'pending 5 none' },
  number: { status: 200, does: ({ mail, started }, target) => press(target, mail.token, 'there', started.number), shows: ({ email }) => [email, '"approved"'], leaves: state('approved') },
  wrongCode: { status: 401, does: ({ browser, started, mail }) => browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code === '000000' ? '111111' : '000000' }), shows: ({ email }) => [email, '"codeTriesLeft":4'], leaves: (before) => before.replace('5', '4') },
  code: { status: 200, does: ({ browser, started, mail }) => browser.claim({ sign_in: started.id, verifier: browser.verifier, code: mail.code }), shows: born, leaves: (before) => session('0')(state('completed')(before)) },
  claim: { status: 200, does: ({ browser, started }) => browser.claim({ sign_in: started.id, verifier: browser.verifier }), shows: born, leaves: (before) => session('0')(state('completed')(before)) },
  arrival: {
    status: 200,
    does: async ({ browser, mail }, target) => browser.claim({ arrival: (await open(target, mail.token)).arrival, verifier: browser.verifier }),
    shows: born,
    leaves: (before) => session('0')(state('completed')(before)),
  },
  here: { status: 303, does: ({ mail }, target) => press(target, mail.token, 'here'), shows: ({ email }) => [email, '"moved"'], leaves: state('moved') },
  handoff: { status: 200, does: ({ browser, handoff }) => browser.claim({ handoff }), shows: born, leaves: session('0') },
  reject: { status: 200, does: ({ mail }, target) => press(target, mail.token, 'reject'), shows: ({ email }) => [email, '"rejected"'], leaves: state('rejected') },
  cancel: { status: 204, does: ({ browser, started }) => browser.bridgePost(`/v1/sign-ins/${started.id}/cancel`, { verifier: browser.verifier }), shows: ({ email }) => [email, '"cancelled"'], leaves: state('cancelled') },
  refresh: { status: 200, does: ({ browser }) => browser.refresh(), shows: ({ sessionId, generation }) => [`"${sessionId}"`, `"generation":${generation}`], leaves: (before) => before.replace(/\d+$/, (last) => String(Number(last) + 1)) },
  end: { status: 204, does: ({ browser }) => browser.end(), shows: ({ sessionId }) => removed(sessionId), leaves: session(bare) },
  everywhere: { status: 204, does: ({ browser }) => browser.end({ everywhere: true }), shows: ({ sessionId }) => removed(sessionId), leaves: session(bare) },
  revoke: {
    status: 204,
    does: ({ sessionId, accessToken }, target) => call(target, 'DELETE', `/v1/me/sessions/${sessionId}`, { headers: { Authorization: `Bearer ${accessToken}` } }),
    shows: ({ sessionId }) => removed(sessionId),
    leaves: session(bare),
  },
} satisfies Record<string, Act>

export type ActName = keyof typeof acts

/** Every way through a sign-in, and every end of a session. */
export const scripts: ActName[][] = [
  ['start', 'code', 'refresh', 'refresh', 'end'],
  ['start', 'wrongCode', 'code', 'refresh'],
  ['start', 'arrival', 'refresh', 'refresh', 'refresh'],
  ['start', 'arrival', 'everywhere'],
  ['start', 'number', 'claim', 'refresh', 'revoke'],
  ['start', 'here', 'handoff', 'refresh', 'end'],
  ['start', 'here'],
  ['start', 'reject'],
  ['start', 'cancel'],
  ['start', 'number'],
  ['start'],
]

export type PersonVisit = Visit & { known: Known; /** Every refresh secret that was shown to it, oldest first. */ secrets: string[]; sessionIds: Set<string>; /** The mail, where it came after the visit was cut off. */ reads(mailbox: Map<string, string>): void }

let people = 0

export function personVisit(target: Target, script: readonly ActName[]): PersonVisit {
  const email = `visit${(people += 1)}@example.com`
  const known: Known = { email, browser: visitor(target), started: { id: '', number: '' }, mail: { token: '', code: '' }, sessionId: '', accessToken: '', handoff: '', generation: 0 }
  const visit: PersonVisit = {
    known,
    secrets: [],
    sessionIds: new Set(),
    steps: [{ name: 'nothing', leaves: 'none 5 none', shows: [] }, ...planned(script)],
    acknowledged: 0,
    look: (store) => lookAtPerson(store, target.site.id, email),
    reads(mailbox) {
      const letter = mailbox.get(email)
      if (letter !== undefined) known.mail = readLetter(letter)
    },
    async run() {
      for (const [index, name] of script.entries()) {
        const answer = await acts[name].does(known, target)
        if (answer.status !== acts[name].status) throw new Error(`${email} ${name}: ${answer.status} ${answer.text}`)
        learn(visit, answer)
        const step = visit.steps[index + 1]
        if (step) Object.assign(step, { port: portOf(answer), shows: acts[name].shows(known) })
        visit.acknowledged = index + 1
        if (name === 'start') known.mail = readLetter(await target.letterTo(email))
      }
    },
  }
  return visit
}

function planned(script: readonly ActName[]): Step[] {
  let leaves = 'none 5 none'
  return script.map((name) => ({ name, leaves: (leaves = acts[name].leaves(leaves)), shows: [] }))
}

/** What the browser and the person know now. */
export function learn(visit: PersonVisit, { status, json, headers }: Answer): void {
  const { known, secrets, sessionIds } = visit
  if (status === 202) known.started = json as Known['started']
  known.handoff ||= headers.get('location')?.split('#linklatch=')[1] ?? ''
  const secret = known.browser.secret()
  if (status !== 200 || json.access_token === undefined || secret === undefined) return
  if (secrets.at(-1) !== secret) secrets.push(secret)
  const [sessionId = '', generation] = secret.split('.')
  Object.assign(known, { accessToken: json.access_token, sessionId, generation: Number(generation) })
  sessionIds.add(sessionId)
}

/** The sign-in's state and tries, and the session's generation. More than one of either is said too. */
async function lookAtPerson(store: Store, siteId: string, email: string): Promise<string> {
  const signIns = await store.signIns.ofAddress(siteId, email)
  const user = await store.users.findByAddress(siteId, email)
  const sessions = user ? await store.sessions.ofUser(siteId, user.id) : []
  const [signIn] = signIns
  if (signIns.length > 1 || sessions.length > 1) return `${signIns.length} sign-ins and ${sessions.length} sessions`
  if ((signIn?.completed !== undefined) !== (user !== undefined)) return 'half a completion'
  return `${signIn?.state ?? 'none'} ${signIn?.codeTriesLeft ?? 5} ${sessions[0]?.generation ?? 'none'}`
}

let sites = 0

/** The operator makes a site, renames it, and removes it where `whole`. */
export function siteVisit(target: Target, whole: boolean): Visit {
  const name = `Site ${(sites += 1)}.`
  const headers = { Authorization: `Bearer ${adminToken}` }
  let id = ''
  const does: [string, string, number, () => Promise<Answer>, () => string[]][] = [
    ['make', name, 201, () => call(target, 'POST', '/admin/v1/sites', { headers, body: { name, origins: ['https://x.example'] } }), () => [name, `"${id}"`]],
    ['rename', `${name} Renamed`, 200, () => call(target, 'PATCH', `/admin/v1/sites/${id}`, { headers, body: { name: `${name} Renamed` } }), () => [`${name} Renamed`]],
    ['remove', bare, 204, () => call(target, 'DELETE', `/admin/v1/sites/${id}`, { headers }), () => ['"sites"', `"${id}"`, '"removes":[[']],
  ]
  const script = whole ? does : does.slice(0, 2)
  const visit: Visit = {
    steps: [{ name: 'nothing', leaves: bare, shows: [] }, ...script.map(([step, leaves]) => ({ name: `${step} ${name}`, leaves, shows: [] }))],
    acknowledged: 0,
    look: async (store) => (await store.sites.list()).find((site) => site.name.startsWith(name))?.name ?? bare,
    async run() {
      for (const [index, [, , status, act, shows]] of script.entries()) {
        const answer = await act()
        if (answer.status !== status) throw new Error(`${name}: ${answer.status} ${answer.text}`)
        if (status === 201) id = String(answer.json.id)
        Object.assign(visit.steps[index + 1] ?? {}, { port: portOf(answer), shows: shows() })
        visit.acknowledged = index + 1
      }
    },
  }
  return visit
}

/** What the store may hold of it after a crash, by how many steps had been acknowledged: that, or the step under way wholly too (P2, P3). */
export function mayLeave(visit: Visit, acknowledged = visit.acknowledged): string[] {
  return visit.steps.slice(acknowledged, acknowledged + 2).map(({ leaves }) => leaves)
}
