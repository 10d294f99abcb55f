/** The directories that the environment names: made where they are missing, and shown to be writable before anything is opened in them. */
import { mkdir, open, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConfigError, type Config } from './config.ts'

/** Both that a backend needs. @throws {ConfigError} */
export async function prepareDirectories({ dataDir, keysDir }: Pick<Config, 'dataDir' | 'keysDir'>): Promise<void> {
  await prepareDirectory('LINKLATCH_DATA_DIR', dataDir)
  await prepareDirectory('LINKLATCH_KEYS_DIR', keysDir)
}

/**
 * Makes `path` with mode 0700 if it is not there, with its parents.
 * @throws {ConfigError} naming `variable` where that cannot be done, it is no directory, or it cannot be written to
 */
export async function prepareDirectory(variable: string, path: string): Promise<void> {
  try {
    await make(path)
    const probe = join(path, `.probe-${process.pid}`)
    await (await open(probe, 'w', 0o600)).close()
    await unlink(probe)
  } catch (error) {
    throw new ConfigError(variable, `is "${path}": it cannot be written to (${codeOf(error)}); it takes a directory that this user may write in`)
  }
}

/** Parent by parent: `recursive` never returns where a parent is there and takes no children, as in /proc (Node 20). */
async function make(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path || (await exists(dirname(path)))) throw error
    await make(dirname(path))
    await mkdir(path, { mode: 0o700 })
  }
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
