/** For tests: the real disk, or another one, with every call written down, and with calls that fail or wait when a test says so. */
import { basename } from 'node:path'
import { nodeDisk } from './disk.ts'
import type { Disk, DiskFile } from './disk.ts'

export type Call = {
  call: 'open' | 'write' | 'datasync' | 'sync' | 'truncate' | 'close' | 'read' | 'mark' | 'rename' | 'remove' | 'list' | 'createDirectory' | 'syncDirectory'
  /** Of the file, without its directory. */
  name: string
}

export type Faults = {
  /** The error code with which that call fails, e.g. `ENOSPC`. */
  fails?: (call: Call) => string | false
  /** Awaited before the call is made. */
  before?: (call: Call) => Promise<void> | undefined
  /** A write that fails has written so many bytes first. */
  bytesBeforeFailure?: number
}

export type FaultyDisk = { disk: Disk; calls: Call[]; faults: Faults }

/** `faults` may be changed at any time. */
export function faultyDisk(faults: Faults = {}, base: Disk = nodeDisk): FaultyDisk {
  const calls: Call[] = []
  const pass = async (call: Call['call'], path: string): Promise<void> => {
    const made = { call, name: basename(path) }
    await faults.before?.(made)
    calls.push(made)
    const code = faults.fails?.(made)
    if (code) throw Object.assign(new Error(`${code}: ${call} ${made.name}`), { code })
  }
  const wrapped = (file: DiskFile, path: string): DiskFile => ({
    async write(bytes, position) {
      await pass('write', path).catch(async (error) => {
        const { bytesBeforeFailure = 0 } = faults
        if (bytesBeforeFailure > 0) await file.write(bytes.subarray(0, bytesBeforeFailure), position)
        throw error
      })
      return file.write(bytes, position)
    },
    datasync: () => pass('datasync', path).then(() => file.datasync()),
    sync: () => pass('sync', path).then(() => file.sync()),
    truncate: (length) => pass('truncate', path).then(() => file.truncate(length)),
    mark: () => pass('mark', path).then(() => file.mark()),
    close: () => pass('close', path).then(() => file.close()),
  })
  const disk: Disk = {
    open: (path, how) => pass('open', path).then(async () => wrapped(await base.open(path, how), path)),
    read: (path) => pass('read', path).then(() => base.read(path)),
    mark: (path) => pass('mark', path).then(() => base.mark(path)),
    rename: (from, to) => pass('rename', to).then(() => base.rename(from, to)),
    remove: (path) => pass('remove', path).then(() => base.remove(path)),
    list: (directory) => pass('list', directory).then(() => base.list(directory)),
    createDirectory: (path) => pass('createDirectory', path).then(() => base.createDirectory(path)),
    syncDirectory: (path) => pass('syncDirectory', path).then(() => base.syncDirectory(path)),
  }
  return { disk, calls, faults }
}
