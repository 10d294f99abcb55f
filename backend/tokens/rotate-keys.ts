/** `linklatch keys rotate`: a new signing key and a new root secret, which begin later; what nothing alive needs goes. */
import { changeKeyFile, freshKeys, type KeyFile } from './key-file.ts'
import { listKeys, pruned } from './key-life.ts'

/** Servers look for new keys every few seconds, and verifiers keep the JWKS for five minutes. */
export const rotateAfterSeconds = 600
/** Less would have servers use keys that others have not read yet. */
export const leastAfterSeconds = 30

/**
 * Running servers take it up by themselves.
 * @param afterSeconds when the new keys begin: longer than it takes to copy the directory to every machine
 * @throws {Error} in one line, where the last rotation has not begun to sign yet
 */
export function rotateKeys(directory: string, { now, afterSeconds }: { now: number; afterSeconds: number }): Promise<KeyFile> {
  return changeKeyFile(directory, async (present) => {
    const next = listKeys(present, now).find(({ state }) => state === 'next')
    if (next) throw new Error(`the keys of the last rotation sign from ${new Date(next.signsFrom * 1000).toISOString()}: rotate again after that`)
    const { signing, secrets } = pruned(present, now)
    const fresh = await freshKeys(now + afterSeconds)
    return { ...present, signing: [...signing, ...fresh.signing], secrets: [...secrets, ...fresh.secrets] }
  })
}
