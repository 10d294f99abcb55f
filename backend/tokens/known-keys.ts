/**
 * Which keys a store was used with. It keeps the names of the root secrets, which say nothing of them: with others every session and link of it is
 * refused, and a cookie that was refused is gone.
 */
import { join } from 'node:path'
import type { Log } from '../services.ts'
import type { Note } from '../store/note.ts'
import { KeyFileError, keyFileName, type KeyFile } from './key-file.ts'
import { nameOfSecret } from './key-life.ts'

/** `changed`: others than those of its last start, made by `linklatch keys new` or used with it before. */
export type Relation = 'same' | 'changed' | 'other'

const namesOf = ({ secrets }: KeyFile): string[] => secrets.map(({ secret }) => nameOfSecret(secret))
/** A rotation leaves old keys beside the new, so one in common is enough. */
const sharesWith = (keyFile: KeyFile) => (names: string[]): boolean => namesOf(keyFile).some((name) => names.includes(name))
/** A line for each set of keys, the last one that was used first. */
const setsIn = (known: string): string[][] => known.split('\n').map((line) => line.match(/\b[\da-f]{12}\b/g) ?? []).filter((names) => names.length > 0)

/** What the keys are to a store that keeps `known`. */
export function relationOf(keyFile: KeyFile, known = ''): Relation {
  const [last, ...before] = setsIn(known)
  if (!last || sharesWith(keyFile)(last)) return 'same'
  return keyFile.anew || before.some(sharesWith(keyFile)) ? 'changed' : 'other'
}

type Checking = { log: Log; directory: string; isFirstStart(): Promise<boolean> }

/** From then on the store knows these keys. @throws {KeyFileError} where it holds what was made with others */
export async function refuseOthers(knownKeys: Note, keyFile: KeyFile, { log, directory, isFirstStart }: Checking): Promise<void> {
  const relation = relationOf(keyFile, await knownKeys.read())
  if (relation === 'other' && !(await isFirstStart())) {
    throw new KeyFileError(`${join(directory, keyFileName)} is of another store: with it everybody would be signed out of this one. Bring this one's own back from a backup, or copy it from another machine; where it is lost, move this file away and run linklatch keys new`)
  }
  if (relation === 'changed') log.warn({}, 'these keys take the place of others: what was made with those (sessions, links, codes) is refused, and those people sign in again')
  await keepNames(knownKeys, keyFile, log)
}

/** Where that cannot be done, the next start does it. */
export async function keepNames(knownKeys: Note, keyFile: KeyFile, log: Log): Promise<void> {
  try {
    const known = (await knownKeys.read()) ?? ''
    const sets = [namesOf(keyFile), ...setsIn(known).filter((names) => !sharesWith(keyFile)(names))]
    const text = sets.map((names) => names.join(' ')).join('\n')
    if (text !== known) await knownKeys.write(text)
  } catch (err) {
    log.warn({ err }, 'the store could not be told which keys it is used with')
  }
}
