/** What the store consists of: the documents of the last checkpoint and the journal from one segment on. Nothing else counts. */
import { join } from 'node:path'
import { Low } from 'lowdb'
import * as v from 'valibot'
import type { Disk } from './disk.ts'
import { documentForm, type DocumentContent } from './document-form.ts'
import { DurableFile, jsonForm } from './durable-file.ts'

export const manifestName = 'manifest.json'

const manifestSchema = v.object({
  /** Names the store: files of another one are foreign here. */
  store: v.string(),
  /** Newest time seen, epoch seconds. */
  lastSeenAt: v.number(),
  /** The first segment of the journal that is still needed, and the number of its first change. */
  segment: v.number(),
  nextSeq: v.number(),
  documents: v.array(v.string()),
})
export type Manifest = v.InferOutput<typeof manifestSchema>

export const emptyManifest: Manifest = { store: '', lastSeenAt: 0, segment: 1, nextSeq: 1, documents: [] }

export function openManifest(disk: Disk, directory: string): Low<Manifest> {
  return new Low(new DurableFile({ disk, path: join(directory, manifestName), what: 'manifest', form: jsonForm(manifestSchema) }), emptyManifest)
}

export function openDocument(disk: Disk, directory: string, name: string): Low<DocumentContent> {
  const file = new DurableFile({ disk, path: join(directory, name), what: 'document', form: documentForm })
  return new Low(file, { store: '', name, kind: '', id: 0, records: Buffer.alloc(0) })
}

const documentPattern = /^doc-[a-zA-Z]+-\d{1,15}-\d{1,15}\.json$/

/** A name is used once, so that a checkpoint never touches the files of the one before. */
export const documentName = (kind: string, id: number, checkpoint: number): string => `doc-${kind}-${id}-${checkpoint}.json`

export const isDocumentName = (name: string): boolean => documentPattern.test(name)
