/**
 * A backend in a process of its own, to be killed and traced: prints its port and site, then each letter, a JSON object a line.
 * Arguments: its directory, the length of a journal at which a checkpoint is made, and how its disk lies.
 */
import { writeSync } from 'node:fs'
import { nodeDisk, type Disk } from '../store/lowdb/disk.ts'
import { testBackend } from '../testing/backend.ts'

/** Disks that do not do what they say: the suite has to notice. */
const lies: Record<string, Disk> = {
  'no file is synced': {
    ...nodeDisk,
    open: async (path, how) => ({ ...(await nodeDisk.open(path, how)), datasync: async () => {}, sync: async () => {} }),
  },
  'no directory is synced': { ...nodeDisk, syncDirectory: async () => {} },
}

const [directory = '', checkpointBytes = '', lie] = process.argv.slice(2)
const disk = lie === undefined ? undefined : lies[lie]
const backend = await testBackend({ directory, store: { checkpointBytes: Number(checkpointBytes), ...(disk && { disk }) } })
/** Straight to the pipe: what was printed outlives a kill. */
const print = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`)
backend.inbox.onLetter(({ to, text }) => print({ to, text }))
print({ port: backend.port, site: backend.site.id })
