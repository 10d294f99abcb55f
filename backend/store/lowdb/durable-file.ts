/**
 * A lowdb adapter that keeps its promises: a whole file or none, its bytes on disk before it has its name, and never a default in
 * place of a file that is missing, empty, truncated or foreign (lowdb's own `JSONFile` has none of these, F1, F2).
 *
 * Form: one line `linklatch <what> <version> <crc32 of the rest>`, then the content.
 */
import type { Adapter } from 'lowdb'
import * as v from 'valibot'
import { readWhole, StoreDamaged } from './damage.ts'
import type { Disk, DiskFile } from './disk.ts'
import { crcHex, parseJson } from './line.ts'

const version = 1

/** How content is written. `read` gives nothing for what is not of this form. */
export type Form<Content> = { toBytes(content: Content): Buffer; read(body: Buffer): Content | undefined }

export function jsonForm<Content>(schema: v.GenericSchema<unknown, Content>): Form<Content> {
  return {
    toBytes: (content) => Buffer.from(JSON.stringify(content)),
    read(body) {
      const content = v.safeParse(schema, parseJson(body.toString()))
      return content.success ? content.output : undefined
    },
  }
}

export type DurableFileOptions<Content> = {
  disk: Disk
  path: string
  /** What kind of file, in its first line: `manifest`, `document`. */
  what: string
  form: Form<Content>
}

export class DurableFile<Content> implements Adapter<Content> {
  readonly #options: DurableFileOptions<Content>

  constructor(options: DurableFileOptions<Content>) {
    this.#options = options
  }

  /** @throws StoreDamaged when the file is missing or not whole */
  async read(): Promise<Content> {
    return this.#parse(await readWhole(this.#options.disk, this.#options.path))
  }

  /** When it rejects, the file is the old one. When it resolves, it is the new one once the caller has synced the directory. */
  async write(content: Content): Promise<void> {
    const { disk, path, what, form } = this.#options
    const body = form.toBytes(content)
    const head = Buffer.from(`linklatch ${what} ${version} ${crcHex(body)}\n`)
    await disk.remove(`${path}.tmp`)
    await writeWhole(await disk.open(`${path}.tmp`, 'new'), Buffer.concat([head, body]))
    await disk.rename(`${path}.tmp`, path)
  }

  #parse(bytes: Buffer): Content {
    const { path, what, form } = this.#options
    const head = /^linklatch (\w+) (\d+) ([0-9a-f]{8})\n/.exec(bytes.toString('latin1', 0, 64))
    if (!head || head[1] !== what) throw new StoreDamaged(path, `is not a ${what} of this store`)
    if (head[2] !== String(version)) throw new StoreDamaged(path, `is of version ${head[2]}, and this program reads version ${version}`, { remedy: newer })
    const body = bytes.subarray(head[0].length)
    if (crcHex(body) !== head[3]) throw new StoreDamaged(path, 'is damaged: its checksum does not match')
    const content = form.read(body)
    if (content === undefined) throw new StoreDamaged(path, `is not a ${what} of this store`)
    return content
  }
}

const newer = 'Start the Linklatch that wrote it, or put back a backup from before it did (into an empty directory).'

async function writeWhole(file: DiskFile, bytes: Buffer): Promise<void> {
  try {
    await file.write(bytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}
