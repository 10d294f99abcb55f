/** After a crash somebody tries again everything that was ever shown: links, codes, numbers, handoffs, refresh secrets. */
import assert from 'node:assert/strict'
import type { TestBackend } from '../testing/backend.ts'
import { mailTo, open, press, visitor, type Answer } from '../testing/visitor.ts'
import { learn, type PersonVisit } from './visits.ts'

/** @throws AssertionError where something succeeds that may not, or that ought to does not */
export async function replay(visit: PersonVisit, backend: TestBackend): Promise<void> {
  const before = await visit.look(backend.services.store)
  const [state = '', , session = ''] = before.split(' ')
  if (visit.acknowledged === 0) return
  const again = new Replay(visit, backend)
  if (state === 'pending') await again.finish()
  else if (state === 'rejected' || state === 'cancelled') await again.refused()
  else if (session === 'none' && (state === 'completed' || (state === 'moved' && visit.sessionIds.size > 0))) await again.staysEnded()
  else if (session !== 'none') await again.goesOn()
  else if (state === 'moved') await again.movesHereOnce()
  assert.ok(visit.sessionIds.size <= 1, `${visit.known.email}: one sign-in gave ${visit.sessionIds.size} sessions`)
  assert.doesNotMatch(await visit.look(backend.services.store), /sessions/, `${visit.known.email}: ${before}`)
}

class Replay {
  readonly #visit: PersonVisit
  readonly #backend: TestBackend
  /** The same browser: its V and its cookies, at the restarted backend. */
  readonly #browser: ReturnType<typeof visitor>

  constructor(visit: PersonVisit, backend: TestBackend) {
    this.#visit = visit
    this.#backend = backend
    this.#browser = visitor(backend)
    for (const [name, value] of visit.known.browser.jar) this.#browser.jar.set(name, value)
  }

  /** Whatever the browser that asked can show as a proof. */
  async #claims(): Promise<Answer[]> {
    const { known } = this.#visit
    const { verifier } = known.browser
    const asked = { sign_in: known.started.id, verifier }
    const bodies: object[] = [asked, { ...asked, code: known.mail.code || '000000' }]
    if (known.mail.token) bodies.push({ arrival: (await open(this.#backend, known.mail.token)).arrival || 'x', verifier })
    if (known.handoff) bodies.push({ handoff: known.handoff })
    const answers: Answer[] = []
    for (const body of bodies) answers.push(await this.#claim(body))
    return answers
  }

  async #claim(body: object): Promise<Answer> {
    const answer = await this.#browser.claim(body)
    if (answer.status === 200) this.#visit.sessionIds.add(this.#browser.secret()?.split('.')[0] ?? 'none')
    return answer
  }

  /** The mail was promised with the 202: it comes now if it did not before, and its code works once. */
  async finish(): Promise<void> {
    const { known } = this.#visit
    if (!known.mail.token) known.mail = await mailTo(this.#backend, known.email)
    const answer = await this.#claim({ sign_in: known.started.id, verifier: known.browser.verifier, code: known.mail.code })
    assert.equal(answer.status, 200, `${known.email}: a pending sign-in can be finished`)
    await this.#claims()
  }

  async refused(): Promise<void> {
    for (const answer of await this.#claims()) assert.ok(answer.status >= 400, `${this.#visit.known.email}: a dead sign-in gave ${answer.status}`)
    const { token } = this.#visit.known.mail
    if (token) assert.equal((await press(this.#backend, token, 'here')).status, 410)
  }

  /** Only where the answer to the press on "here" came: the handoff is nowhere else. */
  async movesHereOnce(): Promise<void> {
    const { handoff, email } = this.#visit.known
    if (!handoff) return
    assert.equal((await this.#claim({ handoff })).status, 200, `${email}: a handoff works`)
    assert.equal((await this.#claim({ handoff })).status, 401, `${email}: a handoff works once`)
  }

  async staysEnded(): Promise<void> {
    await this.refused()
    for (const secret of this.#visit.secrets) assert.equal((await this.#show(secret)).status, 401, `${this.#visit.known.email}: an ended session goes on`)
  }

  /** Its newest secret works, then the one before it gives the same successor, and a spent one ends it. */
  async goesOn(): Promise<void> {
    const { secrets, known } = this.#visit
    await this.#claims()
    const newest = secrets.at(-1) ?? this.#browser.secret()
    if (newest === undefined) return
    assert.equal((await this.#show(newest)).status, 200, `${known.email}: the newest refresh secret works`)
    learn(this.#visit, await this.#show(newest))
    if (secrets.length < 2) return
    assert.equal((await this.#show(secrets[0] ?? '')).status, 401, `${known.email}: a spent refresh secret is refused`)
    assert.match(await this.#visit.look(this.#backend.services.store), / none$/, `${known.email}: and ends the session`)
  }

  #show(secret: string): Promise<Answer> {
    return this.#browser.refresh({}, { Cookie: `__Host-linklatch-${this.#backend.site.id}=${secret}` })
  }
}
