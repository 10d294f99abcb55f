/** Who waits in this process to hear of which sign-in, wherever it is changed: by this process, or by another, which tells it by a channel. */
import { isFinal, type SignIn } from '../../sign-in/sign-in.ts'
import type { StoreLog } from '../lowdb/log.ts'
import type { Kept } from './record.ts'

type Listener = (signIn: SignIn) => void
type Watched = { listeners: Set<{ tell: Listener }>; revision: number; state: SignIn['state'] | undefined; last: SignIn | undefined }

export type Channels = {
  /** Resolves when everything that is told from then on will be heard. */
  join(ids: string[]): Promise<void>
  leave(ids: string[]): void
}

export type WatchersOptions = {
  channels: Channels
  /** Of each id. */
  read: (ids: string[]) => Promise<(Kept<SignIn> | undefined)[]>
  /** Something may not have been heard: catch up, now or later. */
  missed: () => void
  log: StoreLog
}

/** So many are joined or read at once: little enough that others get their turn. */
const batchSize = 200

export class Watchers {
  readonly #watched = new Map<string, Watched>()
  readonly #options: WatchersOptions

  constructor(options: WatchersOptions) {
    this.#options = options
  }

  /** How many sign-ins are watched. */
  get size(): number {
    return this.#watched.size
  }

  /** Returns the unsubscribe. */
  watch(id: string, tell: Listener): () => void {
    const watched = this.#watched.get(id) ?? this.#begin(id)
    const listener = { tell }
    watched.listeners.add(listener)
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size > 0 || this.#watched.get(id) !== watched) return
      this.#watched.delete(id)
      this.#options.channels.leave([id])
    }
  }

  /** A change that is made. What is older than the last thing told is not told. Never throws. */
  tell(id: string, { record, revision }: Kept<SignIn>): void {
    const watched = this.#watched.get(id)
    if (!watched || revision <= watched.revision) return
    this.#tell(watched, record, revision)
  }

  /** It is gone: to whoever waits for a live one that is as if it were cancelled. */
  tellRemoved(id: string, last?: SignIn): void {
    const watched = this.#watched.get(id)
    const known = last ?? watched?.last
    if (!watched || !known || (watched.state !== undefined && isFinal(watched.state))) return
    if (!isFinal(known.state)) this.#tell(watched, { ...known, state: 'cancelled' }, Infinity)
  }

  /** After a time in which nothing was heard: everything is joined again, and whatever has changed is told now. @throws where that cannot be done yet */
  async catchUp(): Promise<void> {
    for (const ids of this.#batches()) await this.#join(ids)
    for (const ids of this.#batches()) await this.#look(ids)
  }

  clear(): void {
    for (const ids of this.#batches()) this.#options.channels.leave(ids)
    this.#watched.clear()
  }

  /** Of those that are watched now: they come and go while one batch after the other has its turn. */
  #batches(): string[][] {
    const ids = [...this.#watched.keys()]
    return Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, at) => ids.slice(at * batchSize, (at + 1) * batchSize))
  }

  /** Who has gone meanwhile may have left before it was joined. */
  async #join(ids: string[]): Promise<void> {
    const wanted = this.#stillWatched(ids)
    if (wanted.length === 0) return
    await this.#options.channels.join(wanted)
    const gone = wanted.filter((id) => !this.#watched.has(id))
    if (gone.length > 0) this.#options.channels.leave(gone)
  }

  #stillWatched(ids: string[]): string[] {
    return ids.filter((id) => this.#watched.has(id))
  }

  /** What changes between now and the moment when the channel is joined is found by reading before and after. */
  #begin(id: string): Watched {
    const watched: Watched = { listeners: new Set(), revision: 0, state: undefined, last: undefined }
    this.#watched.set(id, watched)
    const known = this.#options.read([id]).then(([found]) => {
      if (found && watched.revision === 0) Object.assign(watched, { revision: found.revision, state: found.record.state, last: found.record })
    })
    Promise.all([known, this.#options.channels.join([id])])
      .then(() => this.#look([id]))
      .catch(() => this.#options.missed())
    return watched
  }

  async #look(ids: string[]): Promise<void> {
    const wanted = this.#stillWatched(ids)
    if (wanted.length === 0) return
    const revisions = wanted.map((id) => this.#watched.get(id)?.revision)
    const found = await this.#options.read(wanted)
    wanted.forEach((id, index) => this.#found(id, found[index], revisions[index]))
  }

  /** @param revisionBefore the newest that was told of when it was asked for: an answer may be older than what was told of since */
  #found(id: string, found: Kept<SignIn> | undefined, revisionBefore: number | undefined): void {
    const watched = this.#watched.get(id)
    if (!watched) return
    const isUpToDate = watched.revision === revisionBefore
    if (!found) return isUpToDate ? this.tellRemoved(id) : undefined
    // A lower revision in another state: a failover lost the later ones.
    if (found.revision > watched.revision || (isUpToDate && found.record.state !== watched.state)) this.#tell(watched, found.record, Math.max(found.revision, watched.revision))
  }

  #tell(watched: Watched, signIn: SignIn, revision: number): void {
    Object.assign(watched, { revision, state: signIn.state, last: signIn })
    for (const { tell } of [...watched.listeners]) {
      try {
        tell(signIn)
      } catch (err) {
        this.#options.log.error({ err }, 'a listener of a sign-in failed')
      }
    }
  }
}
