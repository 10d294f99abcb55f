/**
 * What a disk may hold after the power went: rebuilt from a trace, as ALICE and CrashMonkey do. What was synced is there. Of what was not,
 * any part may be: a beginning, some writes and not others, half of a write, its length without its bytes; and of the names in a
 * directory some and not others, so a file may have its name without its content, or its content without its name.
 */
import { dirname } from 'node:path'
import type { Random } from './seeded.ts'
import type { Event } from './trace.ts'

/** `at`: when it had been done. */
type Change = { at: number } & ({ position: number; bytes: Buffer } | { length: number })
/** A file, whatever its name: what is surely on disk, and what may be. */
type Inode = { onDisk: Buffer; pending: Change[]; size: number }
type Naming = { at: number; directory: string; name: string; inode: Inode | undefined; from?: string }

/** Path → content. */
export type DiskState = Map<string, Buffer>

/** What of the unsynced is there: for each change all of it, none, a part, or NUL in its place. */
type Fate = 'whole' | 'lost' | 'torn' | 'nul' | 'pages'
type Cut = { changes: (random: Random, count: number) => Fate[]; names: (random: Random, count: number) => boolean[] }

const all = (_: Random, count: number): boolean[] => Array.from({ length: count }, () => true)
const none = (_: Random, count: number): boolean[] => Array.from({ length: count }, () => false)
const some = (random: Random, count: number): boolean[] => Array.from({ length: count }, () => random.next() < 0.5)
const first = (random: Random, count: number): boolean[] => {
  const kept = random.below(count + 1)
  return Array.from({ length: count }, (_, index) => index < kept)
}
const kept = (which: Cut['names']): Cut['changes'] => (random, count) => which(random, count).map((is) => (is ? 'whole' : 'lost'))
const last = (fate: Fate): Cut['changes'] => (_, count) => Array.from({ length: count }, (_each, index) => (index < count - 1 ? 'whole' : fate))
const any: Cut['changes'] = (random, count) => Array.from({ length: count }, () => random.pick<Fate>(['whole', 'lost', 'torn', 'nul', 'pages']))

export const cuts: Record<string, Cut> = {
  'all is there': { changes: kept(all), names: all },
  'only what was synced is there': { changes: kept(none), names: none },
  'a beginning of each file and directory is there': { changes: kept(first), names: first },
  'some writes and names are there': { changes: kept(some), names: some },
  'the last write is torn': { changes: last('torn'), names: all },
  'the last write has its length and no bytes': { changes: last('nul'), names: all },
  'the last write lacks pages': { changes: last('pages'), names: all },
  'names are there, bytes are not': { changes: kept(none), names: all },
  'bytes are there, names are not': { changes: kept(all), names: none },
  'anything': { changes: any, names: some },
}

/** The files below `root`, as they were written and synced so far. Begins empty. */
export class PowerCut {
  readonly #root: string
  readonly #now = new Map<string, Inode>()
  readonly #onDisk = new Map<string, Inode>()
  #pendingNames: Naming[] = []

  constructor(root: string) {
    this.#root = `${root}/`
  }

  apply(event: Event): void {
    switch (event.kind) {
      case 'create':
        return this.#now.has(event.path) ? undefined : this.#named(event.ends, event.path, { onDisk: Buffer.alloc(0), pending: [], size: 0 })
      case 'write':
        return this.#write(event)
      case 'truncate':
        return this.#change(event.path, { at: event.ends, length: event.length }, event.length)
      case 'sync':
        return this.#sync(event.path, event.begins)
      case 'rename':
        return this.#named(event.ends, event.to, this.#now.get(event.from), event.from)
      case 'link':
        return this.#named(event.ends, event.to, this.#now.get(event.from))
      case 'unlink':
        return this.#now.has(event.path) ? this.#named(event.ends, event.path, undefined) : undefined
      case 'mkdir':
      case 'answer':
    }
  }

  /** One disk that may be found if the power goes now. */
  state(cut: Cut, random: Random): DiskState {
    const names = new Map(this.#onDisk)
    const isThere = cut.names(random, this.#pendingNames.length)
    for (const [index, naming] of this.#pendingNames.entries()) if (isThere[index]) rename(names, naming)
    const contents = new Map<Inode, Buffer>()
    const contentOf = (inode: Inode) => contents.get(inode) ?? contents.set(inode, content(inode, cut, random)).get(inode) ?? Buffer.alloc(0)
    return new Map([...names].map(([path, inode]) => [path, contentOf(inode)]))
  }

  #named(at: number, path: string, inode: Inode | undefined, from?: string): void {
    if (!path.startsWith(this.#root)) return
    const naming = { at, directory: dirname(path), name: path, inode, ...(from !== undefined && { from }) }
    rename(this.#now, naming)
    this.#pendingNames.push(naming)
  }

  #write({ path, bytes, ends, ...event }: Event & { kind: 'write' }): void {
    const size = this.#now.get(path)?.size ?? 0
    const position = event.position ?? size
    this.#change(path, { at: ends, position, bytes }, Math.max(size, position + bytes.length))
  }

  #change(path: string, change: Change, size: number): void {
    const inode = this.#now.get(path)
    if (!inode) return
    inode.pending.push(change)
    inode.size = size
  }

  /** Covers what had been done when it began. */
  #sync(path: string, began: number): void {
    const inode = this.#now.get(path)
    if (inode) {
      inode.onDisk = inode.pending.filter(({ at }) => at < began).reduce<Buffer>((bytes, change) => changed(bytes, change, 'whole'), inode.onDisk)
      inode.pending = inode.pending.filter(({ at }) => at >= began)
    }
    const isCovered = ({ directory, at }: Naming) => directory === path && at < began
    for (const naming of this.#pendingNames.filter(isCovered)) rename(this.#onDisk, naming)
    this.#pendingNames = this.#pendingNames.filter((naming) => !isCovered(naming))
  }
}

function rename(names: Map<string, Inode>, { name, inode, from }: Naming): void {
  if (from !== undefined) names.delete(from)
  if (inode) names.set(name, inode)
  else names.delete(name)
}

function content({ onDisk, pending }: Inode, cut: Cut, random: Random): Buffer {
  const fates = cut.changes(random, pending.length)
  return pending.reduce<Buffer>((bytes, change, index) => changed(bytes, change, fates[index] ?? 'lost', random), onDisk)
}

const pageBytes = 4096

function changed(before: Buffer, change: Change, fate: Fate, random?: Random): Buffer {
  if (fate === 'lost') return before
  if ('length' in change) return Buffer.concat([before.subarray(0, change.length), Buffer.alloc(Math.max(0, change.length - before.length))])
  const bytes = fate === 'torn' ? change.bytes.subarray(0, random?.below(change.bytes.length)) : change.bytes
  const after = Buffer.concat([before, Buffer.alloc(Math.max(0, change.position + bytes.length - before.length))])
  for (let at = 0; at < bytes.length; ) {
    const page = Math.min(bytes.length - at, pageBytes - ((change.position + at) % pageBytes))
    if (fate !== 'nul' && !(fate === 'pages' && (random?.next() ?? 1) < 0.5)) bytes.copy(after, change.position + at, at, at + page)
    at += page
  }
  return after
}
