/** Who waits in this process to hear of which sign-in, wherever it is changed: by this process, or by another, which tells it by a channel. */
import { isFinal, type SignIn } from '../../sign-in/sign-in.ts'
import type { StoreLog } from '../lowdb/log.ts'
import type { Kept } from './record.ts'

type Listener = (signIn: SignIn) => void
type Watched = { listeners: Set<{ tell: Listener }>; revision: number; state: SignIn['state'] | undefined; last: SignIn | undefined }

export type Channels = {
  /** Resolves when everything that is told from then on will be heard. */
  join(id: string): Promise<void>
  leave(id: string): void
}

export type WatchersOptions = {
  channels: Channels
  read: (id: string) => Promise<Kept<SignIn> | undefined>
  /** Something may not have been heard: join everything again and catch up, now or later. */
  missed: () => void
  log: StoreLog
}

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

  ids(): string[] {
    return [...this.#watched.keys()]
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
      this.#options.channels.leave(id)
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

  /** After a time in which nothing was heard: whatever has changed is told now. @throws where that cannot be read yet */
  async catchUp(): Promise<void> {
    for (const id of this.#watched.keys()) await this.#look(id)
  }

  clear(): void {
    for (const id of this.#watched.keys()) this.#options.channels.leave(id)
    this.#watched.clear()
  }

  /** What changes between now and the moment when the channel is joined is found by reading before and after. */
  #begin(id: string): Watched {
    const watched: Watched = { listeners: new Set(), revision: 0, state: undefined, last: undefined }
    this.#watched.set(id, watched)
    const known = this.#options.read(id).then((found) => {
      if (found && watched.revision === 0) Object.assign(watched, { revision: found.revision, state: found.record.state, last: found.record })
    })
    Promise.all([known, this.#options.channels.join(id)])
      .then(() => this.#look(id))
      .catch(() => this.#options.missed())
    return watched
  }

  async #look(id: string): Promise<void> {
    if (!this.#watched.has(id)) return
    const found = await this.#options.read(id)
    const watched = this.#watched.get(id)
    if (!watched) return
    if (!found) this.tellRemoved(id)
    else if (found.revision > watched.revision || found.record.state !== watched.state) this.#tell(watched, found.record, Math.max(found.revision, watched.revision))
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
