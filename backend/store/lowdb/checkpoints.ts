/** When checkpoints are made: one at a time, when the journal has grown, and at the end. */
import { checkpoint } from './checkpoint.ts'
import type { CheckpointOptions } from './checkpoint.ts'
import type { StoreLog } from './log.ts'

export class Checkpoints {
  readonly #options: CheckpointOptions
  readonly #log: StoreLog
  readonly #everyBytes: number
  #running: Promise<void> | undefined
  #last: Promise<boolean> | undefined
  #nextAtBytes: number

  constructor(options: CheckpointOptions, { log, checkpointBytes }: { log: StoreLog; checkpointBytes: number }) {
    this.#options = options
    this.#log = log
    this.#everyBytes = checkpointBytes
    this.#nextAtBytes = checkpointBytes
    options.journal.onSynced = () => this.#consider()
  }

  /** One that begins after the call, and whether it was made. Nothing begins after the last one: the files may be another process' by then. */
  async now(): Promise<boolean> {
    while (this.#running) await this.#running
    return this.#last ?? this.#run()
  }

  /** A last one, so that the next start reads no journal. Without it nothing is lost. */
  async finish(): Promise<void> {
    this.#options.journal.onSynced = () => {}
    while (this.#running) await this.#running
    this.#last ??= this.#options.journal.stopped ? Promise.resolve(false) : this.#run()
    await this.#last
  }

  #consider(): void {
    if (this.#running || this.#options.journal.bytesSinceCheckpoint < this.#nextAtBytes) return
    void this.#run()
  }

  #run(): Promise<boolean> {
    const made = this.#make()
    this.#running = made.then(() => {
      this.#running = undefined
    })
    return made
  }

  async #make(): Promise<boolean> {
    const { journal } = this.#options
    try {
      await checkpoint(this.#options)
      this.#nextAtBytes = this.#everyBytes
      return true
    } catch (err) {
      this.#nextAtBytes = journal.bytesSinceCheckpoint + this.#everyBytes
      this.#log.warn({ err }, 'a checkpoint of the store failed; the journal still has every change')
      return false
    }
  }
}
