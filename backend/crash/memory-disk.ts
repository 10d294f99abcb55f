/** A `Disk` of the store that is a map: opens a rebuilt disk state as the one that the crashed process left. */
import { join } from 'node:path'
import type { Disk, DiskFile, FileMark } from '../store/lowdb/disk.ts'
import { parseWatermark } from '../store/lowdb/watermark.ts'
import type { DiskState } from './power-cut.ts'

type Node = { bytes: Buffer; ino: string; bornNs: string; changedNs: string }

const failed = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code })

/** @param state paths below `directory`; it is not changed */
export function memoryDisk(directory: string, state: DiskState): Disk {
  const nodes = new Map<string, Node>()
  let made = 0
  for (const [path, bytes] of state) nodes.set(path, { bytes, ...identity(bytes, state, directory) })
  const fresh = (): Node => ({ bytes: Buffer.alloc(0), ino: `new-${(made += 1)}`, bornNs: '1', changedNs: '0' })
  const at = (path: string): Node => {
    const node = nodes.get(path)
    if (!node) throw failed('ENOENT', path)
    return node
  }
  return {
    async open(path, how) {
      if (how === 'new' && nodes.has(path)) throw failed('EEXIST', path)
      if (how === 'there') at(path)
      const node = nodes.get(path) ?? fresh()
      nodes.set(path, node)
      return fileOf(node, () => String((made += 1)))
    },
    read: async (path) => at(path).bytes,
    mark: async (path) => markOf(at(path)),
    async rename(from, to) {
      nodes.set(to, at(from))
      nodes.delete(from)
    },
    remove: async (path) => void nodes.delete(path),
    async list(path) {
      const below = [...nodes.keys()].filter((each) => each.startsWith(`${path}/`)).map((each) => each.slice(path.length + 1))
      if (below.length === 0 && path !== directory) throw failed('ENOENT', path)
      return [...new Set(below.map((each) => each.split('/')[0] ?? ''))]
    },
    createDirectory: async () => {},
    syncDirectory: async () => {},
  }
}

const markOf = ({ bytes, ino, bornNs, changedNs }: Node): FileMark => ({ ino, bornNs, changedNs, bytes: bytes.length })

function fileOf(node: Node, tick: () => string): DiskFile {
  return {
    async write(bytes, position) {
      const after = Buffer.alloc(Math.max(node.bytes.length, position + bytes.length))
      node.bytes.copy(after)
      after.set(bytes, position)
      Object.assign(node, { bytes: after, changedNs: tick() })
    },
    async truncate(length) {
      const after = Buffer.alloc(length)
      node.bytes.copy(after)
      Object.assign(node, { bytes: after, changedNs: tick() })
    },
    mark: async () => markOf(node),
    datasync: async () => {},
    sync: async () => {},
    close: async () => {},
  }
}

/**
 * The same files, not copies: a segment says itself which file it is, and a file system writes the time of a change together with the
 * length that the change gave it.
 */
function identity(bytes: Buffer, state: DiskState, directory: string): Omit<Node, 'bytes'> {
  const [, ino = 'old', bornNs = '1'] = /"ino":"(\w+)","bornNs":"(\w+)"/.exec(bytes.toString('latin1', 0, 400)) ?? []
  const witness = parseWatermark(state.get(join(directory, 'watermark')) ?? Buffer.alloc(0))
  return { ino, bornNs, changedNs: witness && witness.bytes === bytes.length ? witness.changedNs : '0' }
}
