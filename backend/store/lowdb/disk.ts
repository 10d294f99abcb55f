/** What the store asks of a file system: small, so that tests can make each call fail and see the order of calls. */
import { constants, fstatSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { syncDirectory, syncNameOf } from '../../durable-names.ts'

/** Who a file is. A copy has another `ino` or `bornNs`; one overwritten in place has another `changedNs`, which nobody can set. */
export type FileMark = { ino: string; bornNs: string; changedNs: string; bytes: number }

export type DiskFile = {
  /** Writes all of `bytes` at that offset. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Data, and what is needed to find it again: fdatasync(2). */
  datasync(): Promise<void>
  /** Data and metadata: fsync(2). */
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  mark(): Promise<FileMark>
  close(): Promise<void>
}

export type Disk = {
  /** `new`: fails if it is there. `there`: fails if it is not. `either`: made if it is not there. Mode 0600. */
  open(path: string, how: 'new' | 'there' | 'either'): Promise<DiskFile>
  read(path: string): Promise<Buffer>
  mark(path: string): Promise<FileMark>
  rename(from: string, to: string): Promise<void>
  /** Not there is as good as removed. */
  remove(path: string): Promise<void>
  list(directory: string): Promise<string[]>
  /** Makes it with its parents where it is not there, mode 0700. Its name is durable then. */
  createDirectory(path: string): Promise<void>
  /** Makes names in the directory durable, which fsync of the files alone does not (F1). */
  syncDirectory(path: string): Promise<void>
}

const flags = {
  new: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  there: constants.O_RDWR,
  either: constants.O_RDWR | constants.O_CREAT,
}

type Stats = { ino: bigint; birthtimeNs: bigint; ctimeNs: bigint; size: bigint }

const markOf = (stats: Stats): FileMark => ({
  ino: String(stats.ino),
  bornNs: String(stats.birthtimeNs),
  changedNs: String(stats.ctimeNs),
  bytes: Number(stats.size),
})

export const nodeDisk: Disk = {
  async open(path, how) {
    const handle = await open(path, flags[how], 0o600)
    return {
      write: (bytes, position) => writeAll(handle, bytes, position),
      datasync: () => handle.datasync(),
      sync: () => handle.sync(),
      truncate: (length) => handle.truncate(length),
      // At once: an open file's inode is in memory, and a trip to a thread for it took ten times as long.
      mark: async () => markOf(fstatSync(handle.fd, { bigint: true })),
      close: () => handle.close(),
    }
  },
  read: (path) => readFile(path),
  mark: async (path) => markOf(await stat(path, { bigint: true })),
  rename: (from, to) => rename(from, to),
  remove: async (path) => {
    await unlink(path).catch(ignoreAbsent)
  },
  list: (directory) => readdir(directory),
  async createDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await syncNameOf(path)
  },
  syncDirectory,
}

function ignoreAbsent(cause: unknown): void {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause
}

/** A write may write less than it was asked to, but not nothing for ever. */
export async function writeAll(handle: Pick<FileHandle, 'write'>, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
    if (bytesWritten === 0) throw Object.assign(new Error('EIO: nothing was written'), { code: 'EIO' })
    done += bytesWritten
  }
}
