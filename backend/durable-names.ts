/** Names on disk: fsync of a file does not keep its name through a power cut, fsync of its directory does (F1). */
import { constants } from 'node:fs'
import { open, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Makes the names in that directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY)
  await handle.sync().finally(() => handle.close())
}

/** What a directory above ours may answer to somebody who may only pass through it, or where nothing is ever written. */
const notOurs = new Set(['EACCES', 'EPERM', 'EINVAL', 'EROFS', 'ENOTSUP'])

/**
 * Makes the name of `path` durable, and the names of the directories above it: all of them, since whoever made them may have been
 * killed before he synced them.
 */
export async function syncNameOf(path: string): Promise<void> {
  for (let at = resolve(path); at !== dirname(at); at = dirname(at)) {
    await syncDirectory(dirname(at)).catch((error: NodeJS.ErrnoException) => {
      if (!notOurs.has(error.code ?? '')) throw error
    })
  }
}

/** A crash leaves the file of before or this one, whole, mode 0600. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text, { mode: 0o600, flush: true })
  await rename(`${path}.tmp`, path)
  await syncDirectory(dirname(path))
}
