/** `linklatch keys …`: over the keys directory itself, which no backend holds. */
import { refuseOtherOwner } from '../owners.ts'
import { newKeyFile, readKeyFile, type KeyFile } from '../tokens/key-file.ts'
import { listKeys } from '../tokens/key-life.ts'
import { leastAfterSeconds, rotateAfterSeconds, rotateKeys } from '../tokens/rotate-keys.ts'

type Keys = { directory: string; now: number; print(text: string): void }

export async function showKeys({ directory, now, print }: Keys): Promise<void> {
  printKeys(await readKeyFile(directory), now, print)
}

/** For a keys directory that was lost: nothing that was made with the old ones is good any more. */
export async function makeKeys({ directory, now, print }: Keys): Promise<void> {
  await refuseOtherOwner(directory)
  const made = await newKeyFile(directory, now)
  print(`New keys in ${directory}. Sessions, links and codes from before are refused; every server of this store needs a copy of them.`)
  printKeys(made, now, print)
}

/** @param after seconds until the new keys begin, as it was typed */
export async function rotate({ directory, now, print }: Keys, after = String(rotateAfterSeconds)): Promise<void> {
  const afterSeconds = /^\d{1,7}$/.test(after) ? Number(after) : NaN
  if (!(afterSeconds >= leastAfterSeconds)) throw new Error(`--after takes whole seconds, at least ${leastAfterSeconds}`)
  const rotated = await rotateKeys(directory, { now, afterSeconds })
  print(`New keys begin in ${afterSeconds} s. Running servers of this directory have them in a few seconds; copy it to other machines before that.`)
  printKeys(rotated, now, print)
}

function printKeys(keyFile: KeyFile, now: number, print: (text: string) => void): void {
  const time = (at: number) => new Date(at * 1000).toISOString().slice(0, 19)
  for (const { kind, id, state, signsFrom, neededUntil } of listKeys(keyFile, now)) {
    print(`${kind}  ${id}  ${state}  from ${time(signsFrom)}${neededUntil === undefined ? '' : `  needed until ${time(neededUntil)}`}`)
  }
}
