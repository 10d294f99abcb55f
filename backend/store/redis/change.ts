/** One change in the making: what has to be as it was read, and what is done then. Written by `commit.ts` in one step, or not at all. */
import type { Counted } from '../store.ts'
import type { Argument } from './client.ts'

export class Change {
  readonly #keys: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #checks: Argument[] = []
  readonly #takes: Argument[] = []
  readonly #steps: Argument[] = []
  readonly #afterwards: (() => void)[] = []
  #checkCount = 0
  #takeCount = 0
  #onlyRemoves = true

  get isEmpty(): boolean {
    return this.#steps.length === 0 && this.#takeCount === 0
  }

  /** Whether it can be made where memory is full. */
  get onlyRemoves(): boolean {
    return this.#onlyRemoves
  }

  get keys(): string[] {
    return this.#keys
  }

  get args(): Argument[] {
    return [this.#checkCount, ...this.#checks, this.#takeCount, ...this.#takes, ...this.#steps]
  }

  /** The record there has to be of this version; undefined: there has to be none. */
  expect(key: string, version: string | undefined): void {
    this.#check(key, version ?? '', '')
  }

  /** This field of a hash has to hold `value`; undefined: there has to be none. */
  expectField(key: string, field: string, value: string | undefined): void {
    this.#check(key, value ?? '', field)
  }

  /** One from that budget, or nothing of it all happens. */
  take(key: string, { now, budget }: Counted): void {
    this.#onlyRemoves = false
    this.#takeCount += 1
    this.#takes.push(this.#number(key), now, budget.max, budget.seconds)
  }

  write(command: 'SET' | 'SADD' | 'ZADD' | 'HSET' | 'PEXPIRE', key: string, ...args: Argument[]): void {
    this.#onlyRemoves = false
    this.#step(command, this.#number(key), args)
  }

  remove(command: 'DEL' | 'SREM' | 'ZREM' | 'HDEL', key: string, ...args: Argument[]): void {
    this.#step(command, this.#number(key), args)
  }

  publish(channel: string, message: string): void {
    this.#step('PUBLISH', 0, [channel, message])
  }

  /** Runs when it is made. */
  afterwards(run: () => void): void {
    this.#afterwards.push(run)
  }

  settle(): void {
    for (const run of this.#afterwards) run()
  }

  #check(key: string, wanted: string, field: string): void {
    this.#checkCount += 1
    this.#checks.push(this.#number(key), wanted, field)
  }

  #step(command: string, number: number, args: Argument[]): void {
    this.#steps.push(args.length, command, number, ...args)
  }

  /** From 2 on: the first key of the script is the epoch's. */
  #number(key: string): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#keys.push(key) + 1
    this.#numbers.set(key, number)
    return number
  }
}
