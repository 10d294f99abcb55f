/** Files of the store that the manifest does not name: what a crash left of a checkpoint, or what a newer one replaced. */
import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { isDocumentName } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { segmentNumber } from './segment.ts'

const isPassing = (name: string): boolean => name.endsWith('.tmp') && isOurs(name.slice(0, -'.tmp'.length))

/** Whether the store gives such names to files. */
export const isOurs = (name: string): boolean => name === 'manifest.json' || isDocumentName(name) || segmentNumber(name) !== undefined

export async function removeLeftOvers(disk: Disk, directory: string, manifest: Manifest): Promise<void> {
  const listed = new Set(manifest.documents)
  for (const name of await disk.list(directory)) {
    const segment = segmentNumber(name)
    const replaced = (isDocumentName(name) && !listed.has(name)) || (segment !== undefined && segment < manifest.segment)
    if (replaced || isPassing(name)) await disk.remove(join(directory, name))
  }
}
