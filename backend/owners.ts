/** Whose files a command would add to: what another user leaves there is that user's alone (0600), and the backend's next start could not read it. */
import { lstat, readFile, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Where `path` is not there, or cannot be seen, the directory above stands for it; that one may be the system's.
 * @param uid who would write. Left out: this process; where the system has no such ids, everybody may
 * @throws Error in one line that names the owner, where that is somebody else
 */
export async function refuseOtherOwner(path: string, uid = process.geteuid?.()): Promise<void> {
  const owned = await nearest(path)
  if (uid === undefined || owned.uid === uid || (owned.uid === 0 && owned.path !== path)) return
  const name = await userName(owned.uid)
  // To a shell, a # begins a comment.
  const typed = name.startsWith('#') ? `'${name}'` : name
  throw new Error(`${owned.path} belongs to ${name}, and this command runs as ${await userName(uid)}: run it as that user (sudo -u ${typed} …), so that the backend can read what it writes`)
}

async function nearest(path: string): Promise<{ path: string; uid: number }> {
  const found = await stat(path).catch(() => undefined)
  return found || dirname(path) === path ? { path, uid: found?.uid ?? 0 } : nearest(dirname(path))
}

/**
 * Which file in a directory is not its owner's, in one line with the way out; nothing where all is well, or nothing is there.
 * @param uid who asks: has to be the owner, or root, who sees everything
 */
export async function strangeOwner(directory: string, uid = process.geteuid?.()): Promise<string | undefined> {
  const own = await stat(directory).catch(() => undefined)
  if (!own || uid === undefined) return undefined
  const owner = await userName(own.uid)
  if (uid !== 0 && own.uid !== uid) return `${directory} belongs to ${owner}, and this command runs as ${await userName(uid)}: run it as the user that the backend runs as, and give that user the directory (chown -R)`
  for (const name of await readdir(directory, { recursive: true })) {
    const found = await lstat(join(directory, name)).catch(() => undefined)
    if (found && found.uid !== own.uid) return `${join(directory, name)} belongs to ${await userName(found.uid)}, and ${directory} to ${owner}: where the backend runs as ${owner}, stop it and run chown -R ${own.uid}:${own.gid} ${directory}`
  }
  return undefined
}

/** As `sudo -u` takes it: a name, or `#998` where the system knows none. */
export async function userName(uid: number): Promise<string> {
  const known = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = known.split('\n').map((line) => line.split(':')).find(([, , id]) => id === String(uid))
  return fields?.[0] ?? `#${uid}`
}
