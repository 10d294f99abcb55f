/** A short text beside the records of a store: how far a move to here has come, which keys it was used with. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile, syncDirectory } from '../durable-names.ts'

export type Note = {
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
  remove(): Promise<void>
}

/** In a file of its own. */
export function fileNote(path: string): Note {
  return {
    read: async () => (existsSync(path) ? readFile(path, 'utf8') : undefined),
    write: (text) => replaceFile(path, text),
    async remove() {
      await rm(path, { force: true })
      await syncDirectory(dirname(path))
    },
  }
}
