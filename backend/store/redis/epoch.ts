/**
 * Which life of the server we are in. A Redis that was started again, promoted or restored may have forgotten what it acknowledged a
 * moment ago: a link that was used could be unused again. So each new life is a new epoch, and sign-ins of an earlier one that still wait are
 * over (`record.ts`). Nothing has to be found and rewritten for that, and nothing runs before it holds: every change names its epoch.
 *
 * How a process notices: scripts are in the memory of one server only (Redis 7), and those that change something hold the life they
 * were made for; so the first change in another life is answered NOSCRIPT, on a server that was the master before too, whose data name
 * the epoch that this process knows. And each process asks once a second.
 */
import { randomBytes } from 'node:crypto'
import { text, troubleCode, type Client } from './client.ts'
import type { ShardKeys } from './keys.ts'
import { runScript } from './run-script.ts'
import { commitsOf, greetScript, type Commits, type Script } from './scripts.ts'

export type Greeting = { verdict: 'first' | 'new' | 'same'; now: number; wall: number }

/** `conflict`: something is not as it was read; `full`: a budget has none left; `epoch`: the server is in another one, which is known now. But for `done` nothing was changed. */
export type Committed = 'done' | 'conflict' | 'full' | 'epoch'

export class Epoch {
  readonly #client: Client
  readonly #keys: ShardKeys
  readonly #changed: (verdict: 'first' | 'new') => void
  /** The whole line that the server keeps; '' before the first greeting. */
  #line = ''
  #commits = commitsOf('')

  /** @param changed hears that this server is another one than the last; `first`: it has nothing of ours */
  constructor(client: Client, keys: ShardKeys, changed: (verdict: 'first' | 'new') => void) {
    this.#client = client
    this.#keys = keys
    this.#changed = changed
  }

  /** Stands in records of sign-ins. */
  get name(): string {
    return this.#line.slice(0, this.#line.indexOf(' '))
  }

  /** Asks the server which life it is in, and begins a new epoch if nobody has. */
  async greet(ownNow = 0): Promise<Greeting> {
    const reply = await runScript(this.#client, greetScript, [this.#keys.epoch, this.#keys.clock], [randomBytes(6).toString('base64url'), ownNow])
    const [line, verdict, now, wall] = Array.isArray(reply) ? reply.map((each: unknown) => text(each) ?? '') : []
    if (line === undefined || (verdict !== 'first' && verdict !== 'new' && verdict !== 'same')) throw new TypeError('not a greeting')
    const before = this.name
    if (line !== this.#line) this.#commits = commitsOf(line.slice(line.indexOf(' ') + 1))
    this.#line = line
    if (before !== '' && before !== this.name) this.#changed(verdict === 'first' ? 'first' : 'new')
    return { verdict, now: Number(now), wall: Number(wall) }
  }

  /** Runs a commit in this epoch. */
  async commit(kind: keyof Commits, keys: string[], args: (string | number)[]): Promise<Committed> {
    const allKeys = [this.#keys.epoch, ...keys]
    const line = this.#line
    const script = this.#commits[kind]
    try {
      return await this.#answer(await this.#client.run('EVALSHA', script.sha, allKeys.length, ...allKeys, line, ...args))
    } catch (error) {
      if (troubleCode(error) === 'READONLY') await this.greet().catch(() => undefined)
      if (troubleCode(error) !== 'NOSCRIPT') throw error
      return this.#firstHere(script, allKeys, line, args)
    }
  }

  /** Nobody has changed anything on this server in its present life: whose life it is has to be known before. */
  async #firstHere(script: Script, keys: string[], line: string, args: (string | number)[]): Promise<Committed> {
    await this.greet()
    if (line !== this.#line) return 'epoch'
    return this.#answer(await this.#client.run('EVAL', script.text, keys.length, ...keys, line, ...args))
  }

  async #answer(reply: unknown): Promise<Committed> {
    if (reply === 'done' || reply === 'conflict' || reply === 'full') return reply
    if (reply !== 'epoch') throw new TypeError('not an answer of a commit')
    await this.greet()
    return 'epoch'
  }
}
