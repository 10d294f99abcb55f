import type { Disk } from './disk.ts'

/** The files are not what the store left there. The store does not open; nothing was changed. One line that names the file and what to do. */
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged'
  readonly file: string

  /**
   * @param file path of the file that is wrong
   * @param what what is wrong with it, as the end of the sentence "<file> …"
   */
  constructor(file: string, what: string, { remedy = restore, ...options }: ErrorOptions & { remedy?: string } = {}) {
    super(`${file} ${what}. ${remedy}`, options)
    this.file = file
  }
}

const restore = 'Put the data directory back from a backup (into an empty directory), or move it away to begin anew.'
const look = 'Nothing was changed: see to the disk and to who may read the file, then start again.'

/** @throws StoreDamaged where it is missing or cannot be read */
export async function readWhole(disk: Disk, path: string): Promise<Buffer> {
  return disk.read(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new StoreDamaged(path, 'is missing', { cause })
    throw new StoreDamaged(path, `cannot be read (${cause.code})`, { cause, remedy: look })
  })
}
