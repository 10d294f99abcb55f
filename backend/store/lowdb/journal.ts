/**
 * The write-ahead journal with group commit: while one batch is being written and synced, the next one gathers. A change is told of
 * only when its batch is on disk (P1). When a batch cannot be written, it and all that was built on it is undone in memory, newest
 * first, and cut off the file before anybody is told (P7). After a failed fsync nobody knows what the disk holds, so nothing more is
 * written (F3).
 */
import type { JournalEntry } from './change.ts'
import type { Disk, DiskFile } from './disk.ts'
import { encodeLine } from './line.ts'
import { makeSegment, publishSegment } from './segment.ts'
import type { Watermark } from './watermark.ts'

export type JournalStart = {
  disk: Disk
  directory: string
  watermark: Watermark
  store: string
  segment: number
  file: DiskFile
  /** Length of the segment. */
  bytes: number
  /** Length of this segment and those before it that the manifest still needs. */
  bytesSinceCheckpoint: number
  nextSeq: number
}

export type Position = { segment: number; nextSeq: number }

type Waiting = { json: string; entry: JournalEntry }
/** What is written and synced together, so that all in it are told together. */
type Batch = { waiting: Waiting[]; done: Promise<void>; resolve(): void; reject(cause: unknown): void }
type Rotation = { resolve(position: Position): void; reject(cause: unknown): void }

function newBatch(): Batch {
  let [resolve, reject]: [() => void, (cause: unknown) => void] = [() => undefined, () => undefined]
  const done = new Promise<void>((...settle) => ([resolve, reject] = settle))
  // Whoever has a change in it hears of it; nobody may have.
  done.catch(() => undefined)
  return { waiting: [], done, resolve, reject }
}

/** Makes the segment end there, durably. */
export async function cutOff({ file, watermark, segment, bytes }: Pick<JournalStart, 'file' | 'watermark' | 'segment' | 'bytes'>): Promise<void> {
  // Or a kill on the way would leave a segment of the witnessed length that somebody has changed since: a restored backup, it would seem.
  await watermark.forget()
  await file.truncate(bytes)
  await file.datasync()
  await watermark.set(file, segment, bytes)
}

export class Journal {
  /** Where it stands: moves on from where it was opened. */
  readonly #at: JournalStart
  /** What gathers while another batch is being written. */
  #next = newBatch()
  #rotations: Rotation[] = []
  #running: Promise<void> | undefined
  /** The newest batch with a change in it, until it is on disk. */
  #last: Batch | undefined
  #failing = false
  #undone = 0
  #stopped: { cause: unknown } | undefined
  onSynced: () => void = () => {}

  constructor(start: JournalStart) {
    this.#at = { ...start }
  }

  /** Why nothing will be written any more; `undefined` while it can be. */
  get stopped(): { cause: unknown } | undefined {
    return this.#stopped
  }

  /** The last write failed; the next one may not. */
  get failing(): boolean {
    return this.#failing
  }

  /** How many changes were undone so far. */
  get undone(): number {
    return this.#undone
  }

  get bytesSinceCheckpoint(): number {
    return this.#at.bytesSinceCheckpoint
  }

  /** The newest change that is not on disk yet. Rejects when it was undone. */
  get pending(): Promise<void> | undefined {
    return this.#last?.done
  }

  /** Resolves when the change is on disk. Rejects with the inner cause after undoing it. */
  append(entry: JournalEntry): Promise<void> {
    if (this.#stopped) {
      entry.undo()
      return Promise.reject(this.#stopped.cause)
    }
    const json = entry.toJson(this.#at.nextSeq)
    this.#at.nextSeq += 1
    this.#last = this.#next
    this.#last.waiting.push({ json, entry })
    this.#wake()
    return this.#last.done
  }

  /** Goes on in a new segment. What was told of before is in the segments before it. */
  rotate(): Promise<Position> {
    if (this.#stopped) return Promise.reject(this.#stopped.cause)
    const done = new Promise<Position>((resolve, reject) => this.#rotations.push({ resolve, reject }))
    this.#wake()
    return done
  }

  /** The manifest no longer needs what is before the present segment. */
  checkpointed(): void {
    this.#at.bytesSinceCheckpoint = this.#at.bytes
  }

  /** Nothing is written any more; what waits is undone. */
  stop(cause: unknown): void {
    this.#stopped ??= { cause }
    this.#refuse(this.#undo([]), cause)
    for (const rotation of this.#rotations.splice(0)) rotation.reject(cause)
  }

  /** Waits for what is under way, and closes the file. */
  async close(): Promise<void> {
    await this.#running
    this.stop(new Error('the store is closed'))
    await this.#at.file.close().catch(() => {})
  }

  #wake(): void {
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  async #run(): Promise<void> {
    while (!this.#stopped && (this.#next.waiting.length > 0 || this.#rotations.length > 0)) {
      const rotation = this.#rotations.shift()
      if (rotation) await this.#rotate(rotation)
      else await this.#commit(this.#takeNext())
    }
    // In the same turn as the last look at the queue, or a change could wait for a run that is over.
    this.#running = undefined
  }

  async #commit(batch: Batch): Promise<void> {
    const bytes = Buffer.from(batch.waiting.map(({ json }, index) => encodeLine(json, index === 0)).join(''))
    try {
      await this.#at.file.write(bytes, this.#at.bytes)
    } catch (cause) {
      return this.#fail(batch, cause)
    }
    try {
      await this.#at.file.datasync()
    } catch (cause) {
      this.#stopped = { cause }
      return this.#fail(batch, cause)
    }
    this.#failing = false
    this.#at.bytes += bytes.length
    this.#at.bytesSinceCheckpoint += bytes.length
    await this.#witness()
    for (const { entry } of batch.waiting) entry.durable()
    if (this.#last === batch) this.#last = undefined
    batch.resolve()
    this.onSynced()
  }

  /** What is refused must not be there after a restart either, so it is told last. */
  async #fail(batch: Batch, cause: unknown): Promise<void> {
    const undone = this.#undo([batch])
    await this.#cutOff()
    this.#refuse(undone, cause)
  }

  /** With all that waits behind it, in one go, so that no step sees half of it. Gives whom to tell, oldest first. */
  #undo(failed: Batch[]): Batch[] {
    const batches = [...failed, this.#takeNext()]
    const undone = batches.flatMap(({ waiting }) => waiting).reverse()
    this.#at.nextSeq -= undone.length
    this.#undone += undone.length
    for (const waiting of undone) waiting.entry.undo()
    this.#failing = true
    return batches
  }

  #refuse(undone: Batch[], cause: unknown): void {
    for (const batch of undone) {
      if (this.#last === batch) this.#last = undefined
      batch.reject(cause)
    }
  }

  #takeNext(): Batch {
    const taken = this.#next
    this.#next = newBatch()
    return taken
  }

  /** Half a batch must not stand before the next one. */
  async #cutOff(): Promise<void> {
    const { file, watermark, segment, bytes } = this.#at
    await cutOff({ file, watermark, segment, bytes }).catch((cause: unknown) => this.stop(cause))
  }

  async #rotate(rotation: Rotation): Promise<void> {
    const { disk, directory, store } = this.#at
    const position = { segment: this.#at.segment + 1, nextSeq: this.#at.nextSeq - this.#next.waiting.length }
    const made = await makeSegment(disk, directory, { store, ...position }).catch((cause: unknown) => ({ cause }))
    if ('cause' in made) return rotation.reject(made.cause)
    try {
      await publishSegment(disk, directory, position.segment)
    } catch (cause) {
      // It may be there after the next start, and what is written to the old one now would follow it.
      rotation.reject(cause)
      return this.stop(cause)
    }
    await this.#at.file.close().catch(() => {})
    this.#at.file = made.file
    this.#at.segment = position.segment
    this.#at.bytes = made.bytes
    this.#at.bytesSinceCheckpoint += made.bytes
    await this.#witness()
    rotation.resolve(position)
  }

  async #witness(): Promise<void> {
    await this.#at.watermark.set(this.#at.file, this.#at.segment, this.#at.bytes)
  }
}
