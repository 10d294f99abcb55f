/**
 * The keys directory: one file, `keys.json`, with the ES256 signing keys and the root secrets, mode 0600 in a directory of mode 0700 (R38).
 * It may be shared by or copied to several machines; whoever finds it absent makes it, and the first one to finish wins.
 */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import * as v from 'valibot'
import { syncNameOf } from '../durable-names.ts'
import { lock, StoreLocked } from '../store/lowdb/lock.ts'

const privateJwk = v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string(), d: v.string() })
const keyFileSchema = v.strictObject({
  linklatch: v.literal('keys'),
  version: v.literal(1),
  /** `signsFrom`, epoch seconds: the newest one that has begun signs; all of them verify (R37). */
  signing: v.pipe(v.array(v.strictObject({ kid: v.string(), signsFrom: v.number(), jwk: privateJwk })), v.minLength(1)),
  /** 32 bytes, base64url. Keys for links, codes and refresh secrets are derived from it. */
  secrets: v.pipe(v.array(v.strictObject({ signsFrom: v.number(), secret: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) })), v.minLength(1)),
  /** Made to take the place of keys that are lost: a store that was used with others goes on with these. */
  anew: v.optional(v.literal(true)),
})
export type KeyFile = v.InferOutput<typeof keyFileSchema>

export const keyFileName = 'keys.json'

/** What stops the start: a damaged file, or one that others may read. The message is one line for the operator. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'
}

/**
 * Reads the keys, or makes them on the first start.
 * @param isFirstStart asked where there are none: new ones beside records that were made with others would end every session without a word
 * @throws {KeyFileError} where the modes are looser than 0700 and 0600, the file is not whole, or it is missing later than at the first start
 */
export async function openKeyFile(directory: string, now: number, isFirstStart: () => Promise<boolean> = () => Promise.resolve(true), make = freshKeys): Promise<KeyFile> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await refuseLooseMode(directory, 0o700)
  const path = join(directory, keyFileName)
  const found = await readIfThere(path)
  if (found === undefined) {
    if (!(await isFirstStart())) throw new KeyFileError(`${path} is missing, and the store was used with other keys: bring it back from a backup or copy it from another machine; or run linklatch keys new, after which everybody signs in again`)
    await createOnce(directory, path, await make(now))
  }
  // Found or made: whoever made it may have been killed before the name was durable, and without these keys nothing that is promised holds.
  await syncNameOf(path)
  await refuseLooseMode(path, 0o600)
  return parse(path, found ?? (await readFile(path, 'utf8')))
}

/**
 * Reads the keys that are there.
 * @throws {KeyFileError} as `openKeyFile`, and where there are none
 */
export async function readKeyFile(directory: string): Promise<KeyFile> {
  const path = join(directory, keyFileName)
  const found = await readIfThere(path)
  if (found === undefined) throw new KeyFileError(`${path} is not there: the first start makes it`)
  await refuseLooseMode(directory, 0o700)
  await refuseLooseMode(path, 0o600)
  return parse(path, found)
}

/**
 * Makes keys where there are none, whatever the store was used with: what was made with others is refused from then on.
 * @throws {KeyFileError} where there are some, and as `openKeyFile`
 */
export async function newKeyFile(directory: string, now: number): Promise<KeyFile> {
  const path = join(directory, keyFileName)
  if ((await readIfThere(path)) !== undefined) throw new KeyFileError(`${path} is there: linklatch keys rotate makes new keys and signs nobody out; to end every session, stop the backend and move the file away first`)
  return openKeyFile(directory, now, undefined, async (at) => ({ ...(await freshKeys(at)), anew: true }))
}

/**
 * Puts `change` of the present keys in their place, whole or not at all, for the same owner. Of two that do so at once, one is refused.
 * @throws {KeyFileError} where somebody else is at it, and as `readKeyFile`
 */
export async function changeKeyFile(directory: string, change: (present: KeyFile) => Promise<KeyFile>): Promise<KeyFile> {
  const path = join(directory, keyFileName)
  // What is wrong with them is said before the directory is touched.
  await readKeyFile(directory)
  const held = await lock(directory).catch((cause: unknown) => {
    if (!(cause instanceof StoreLocked)) throw cause
    throw new KeyFileError(`${path} is being changed by another process: try again when it is done`, { cause })
  })
  try {
    const next = await change(await readKeyFile(directory))
    const aside = await writeAside(directory, next, await stat(path))
    await rename(aside, path)
    await syncNameOf(path)
    return next
  } finally {
    await held.release()
  }
}

async function refuseLooseMode(path: string, allowed: number): Promise<void> {
  const mode = (await stat(path)).mode & 0o777
  if ((mode & ~allowed) === 0) return
  throw new KeyFileError(`${path} has mode 0${mode.toString(8)}, so others can read the keys: run chmod 0${allowed.toString(8)} on it`)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function parse(path: string, text: string): Promise<KeyFile> {
  try {
    const keyFile = v.parse(keyFileSchema, JSON.parse(text))
    // A point off the curve, or a `d` that belongs to another one, is found here and not at the first sign-in.
    for (const { jwk } of keyFile.signing) await importJWK(jwk, 'ES256')
    return keyFile
  } catch (cause) {
    throw new KeyFileError(`${path} is damaged: bring it back from a backup (without it no link, code or session can be checked)`, { cause })
  }
}

/** Links a whole file into place: of two that start at once, one file stays. */
async function createOnce(directory: string, path: string, keyFile: KeyFile): Promise<void> {
  const aside = await writeAside(directory, keyFile)
  await link(aside, path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await unlink(aside)
}

/** Under a name of its own, on disk. The owner is set on the open file: by its name, root could be led to hand over another one. */
async function writeAside(directory: string, keyFile: KeyFile, owner?: { uid: number; gid: number }): Promise<string> {
  const aside = join(directory, `.keys-${randomBytes(6).toString('hex')}`)
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(keyFile, null, 2))
    await handle.chmod(0o600)
    if (owner) await handle.chown(owner.uid, owner.gid)
    await handle.sync()
  } catch (error) {
    // Part of a key would stay there for good.
    await unlink(aside).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
  return aside
}

/** One signing key and one root secret that begin at `signsFrom`. */
export async function freshKeys(at: number): Promise<KeyFile> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = v.parse(privateJwk, await exportJWK(privateKey))
  const kid = await calculateJwkThumbprint(jwk)
  const secret = randomBytes(32).toString('base64url')
  const signsFrom = Math.floor(at)
  return { linklatch: 'keys', version: 1, signing: [{ kid, signsFrom, jwk }], secrets: [{ signsFrom, secret }] }
}
