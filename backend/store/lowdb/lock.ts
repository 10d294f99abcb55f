/**
 * One writer (P6). Each process that wants the directory listens on a socket of its own in it, under a name that is never used again,
 * then asks all the others. The kernel answers for the dead: their sockets refuse, so they can be removed without a race, and a
 * process that was killed holds nothing.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Another process has the data directory open. One line that says so. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked'

  constructor(directory: string) {
    super(`${directory} is in use by another process. Stop that one first, or give this one a directory of its own.`)
  }
}

export type Lock = { release(): Promise<void> }

/** What a socket's owner says of itself: it has the directory, or it would like to; or that it ends just now. */
type Answer = 'holder' | 'contender' | 'dead' | 'dying'
const letters = { holder: 'H', contender: 'C' }

const socketName = /^lock-[0-9a-f]{16}\.sock$/
const answerWithinMs = 1000
const lookAgainAfterMs = 20
/** `sun_path` has 104 bytes on macOS and 108 on Linux. */
const maxPathBytes = 100

/** @throws StoreLocked */
export async function lock(directory: string): Promise<Lock> {
  const place = await socketPlace(directory)
  const own = `lock-${randomBytes(8).toString('hex')}.sock`
  let state: 'holder' | 'contender' = 'contender'
  const server = await listen(join(place.path, own), () => letters[state])
  const release = async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await place.release()
  }
  try {
    while (await mustWait(directory, place.path, own)) await wait(lookAgainAfterMs)
  } catch (error) {
    await release()
    throw error
  }
  state = 'holder'
  return { release }
}

/** Whether a living process has the directory open, or is about to. Touches nothing. */
export async function isHeld(directory: string): Promise<boolean> {
  const place = await socketPlace(directory)
  try {
    const names = (await readdir(place.path)).filter((name) => socketName.test(name))
    const answers = await Promise.all(names.map((name) => ask(join(place.path, name))))
    return answers.some((answer) => answer === 'holder' || answer === 'contender')
  } finally {
    await place.release()
  }
}

/** False: nobody else is there. */
async function mustWait(directory: string, place: string, own: string): Promise<boolean> {
  let others = false
  for (const name of await readdir(place)) {
    if (!socketName.test(name) || name === own) continue
    const answer = await ask(join(place, name))
    if (answer === 'holder' || (answer === 'contender' && name < own)) throw new StoreLocked(directory)
    if (answer === 'dead') await rm(join(place, name), { force: true })
    else others = true
  }
  return others
}

/** Silence is a holder that is busy. */
function ask(path: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const settle = (answer: Answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(answerWithinMs, () => settle('holder'))
    socket.once('data', (data) => settle(data.toString('latin1') === letters.contender ? 'contender' : 'holder'))
    socket.once('end', () => settle('dying'))
    socket.once('error', (error: NodeJS.ErrnoException) => settle(answers.get(error.code ?? '') ?? 'holder'))
  })
}

const answers = new Map<string, Answer>([['ECONNREFUSED', 'dead'], ['ENOENT', 'dead'], ['ECONNRESET', 'dying']])

function listen(path: string, answer: () => string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.end(answer())
    })
    server.once('error', reject)
    server.listen(path, () => resolve(server.unref()))
  })
}

type Place = { path: string; release(): Promise<void> }

/** The directory, under a name that is short enough for a socket. */
async function socketPlace(directory: string): Promise<Place> {
  if (Buffer.byteLength(join(directory, `lock-${'0'.repeat(16)}.sock`)) <= maxPathBytes) return { path: directory, release: async () => {} }
  if (process.platform !== 'linux') throw new Error(`${directory} is too long a path for the lock: choose one of at most 70 bytes`)
  const handle: FileHandle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  return { path: `/proc/self/fd/${handle.fd}`, release: () => handle.close() }
}
