/**
 * Whether a process flushed before it answered. Reads a trace (`trace.ts`) with what each answer promised, and says in one line each what
 * was out of order. Pure.
 *
 * An answer may begin to leave only when the line that shows its change is in a journal whose bytes and whose name, and the names of the
 * directories above it, are on disk. A name is given only to bytes that are on disk. Nothing goes that an older name still needs.
 */
import { basename, dirname } from 'node:path'
import type { Event } from './trace.ts'

/** What the answer to the client's `port` says has been done, and what the line of the journal must hold that does it. */
export type Promised = { port: number; what: string; shows: string[] }

type Write = { bytes: Buffer; onDisk: boolean }
type Name = { content: Content; onDisk: boolean; renamed: boolean }
type Content = { writes: Write[] }
type Step = { at: number; run: () => void }

/** Names that nothing depends on. */
const isPassing = (path: string): boolean => /\.tmp$|^lock-|^\.probe-|^\.keys-/.test(basename(path))
const isJournal = (path: string): boolean => /^journal-\d+\.log$/.test(basename(path))

export function outOfOrder(events: Event[], promised: Promised[]): string[] {
  const checker = new Checker(promised)
  const steps = events.flatMap((event) => checker.stepsOf(event)).sort((a, b) => a.at - b.at)
  for (const step of steps) step.run()
  return [...checker.found, ...checker.unanswered()]
}

class Checker {
  readonly found: string[] = []
  readonly #names = new Map<string, Name>()
  /** Journals that were removed meanwhile: what had been answered was theirs. */
  readonly #journals: { path: string; name: Name }[] = []
  readonly #promised: Map<number, Promised>

  constructor(promised: Promised[]) {
    this.#promised = new Map(promised.map((each) => [each.port, each]))
  }

  /** A promise whose answer is not in the trace proves nothing: the trace is not whole. */
  unanswered(): string[] {
    return [...this.#promised.values()].map(({ what }) => `${what}: its answer is not in the trace`)
  }

  stepsOf(event: Event): Step[] {
    const { begins, ends } = event
    switch (event.kind) {
      case 'create':
      case 'mkdir':
        return [{ at: ends, run: () => this.#create(event.path) }]
      case 'write':
        return [{ at: ends, run: () => void this.#names.get(event.path)?.content.writes.push({ bytes: event.bytes, onDisk: false }) }]
      case 'truncate':
        return []
      case 'sync':
        return this.#sync(event.path, begins, ends)
      case 'rename':
        return [{ at: begins, run: () => this.#mayRename(event.from, event.to) }, { at: ends, run: () => this.#name(event.from, event.to, true) }]
      case 'link':
        return [{ at: ends, run: () => this.#name(event.from, event.to, false) }]
      case 'unlink':
        return [{ at: begins, run: () => this.#mayRemove(event.path) }, { at: ends, run: () => void this.#names.delete(event.path) }]
      case 'answer':
        return [{ at: begins, run: () => this.#answer(event.port, event.status) }]
    }
  }

  #create(path: string): void {
    if (!this.#names.has(path)) this.#put(path, { content: { writes: [] }, onDisk: false, renamed: false })
  }

  #put(path: string, name: Name): void {
    this.#names.set(path, name)
    if (isJournal(path)) this.#journals.push({ path, name })
  }

  /** It makes durable what was there when it began, from when it ended on. */
  #sync(path: string, begins: number, ends: number): Step[] {
    let covered: { onDisk: boolean }[] = []
    const look = () => {
      const inDirectory = [...this.#names].flatMap(([each, name]) => (dirname(each) === path ? [name] : []))
      covered = [...(this.#names.get(path)?.content.writes ?? []), ...inDirectory]
    }
    const done = () => {
      for (const each of covered) each.onDisk = true
    }
    return [{ at: begins, run: look }, { at: ends, run: done }]
  }

  #name(from: string, to: string, renamed: boolean): void {
    const content = this.#names.get(from)?.content ?? { writes: [] }
    if (renamed) this.#names.delete(from)
    this.#put(to, { content, onDisk: false, renamed })
  }

  #mayRename(from: string, to: string): void {
    const content = this.#names.get(from)?.content
    if (content?.writes.some((write) => !write.onDisk)) this.found.push(`${basename(to)} was named before its bytes were on disk`)
  }

  #mayRemove(path: string): void {
    if (isPassing(path)) return
    const [pending] = [...this.#names].find(([each, name]) => dirname(each) === dirname(path) && name.renamed && !name.onDisk) ?? []
    if (pending !== undefined) this.found.push(`${basename(path)} was removed before the name of ${basename(pending)} was on disk`)
  }

  #answer(port: number, status: number): void {
    const promised = this.#promised.get(port)
    if (promised === undefined || status >= 500) return
    this.#promised.delete(port)
    if (!this.#journals.some(({ path, name }) => this.#isNamed(path, name) && isShown(name.content, promised.shows))) {
      this.found.push(`${promised.what} was answered before its change was on disk`)
    }
    for (const [path, name] of this.#names) {
      const isWhole = name.onDisk && name.content.writes.every((write) => write.onDisk)
      if (basename(path) === 'keys.json' && !isWhole) this.found.push(`${promised.what} was answered before the keys were on disk`)
    }
  }

  /** What was there before the trace is taken for durable. */
  #isNamed(path: string, name: Name): boolean {
    if (!name.onDisk) return false
    for (let at = dirname(path); at !== dirname(at); at = dirname(at)) if (this.#names.get(at)?.onDisk === false) return false
    return true
  }
}

/** Lines are written whole, many in one write. */
function isShown({ writes }: Content, shows: string[]): boolean {
  return writes.some(({ bytes, onDisk }) => onDisk && bytes.toString('utf8').split('\n').some((line) => shows.every((part) => line.includes(part))))
}
