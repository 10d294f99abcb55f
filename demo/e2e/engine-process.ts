/** What every engine needs around it: a place of its own, and an end that leaves nothing behind. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const groups = new Set<number>()
const folders = new Set<string>()
process.once('exit', () => {
  for (const pid of groups) endGroup(pid)
  for (const path of [...folders]) removeFolder(path)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

export function scratchFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `linklatch-${name}-`))
  folders.add(path)
  return { path, remove: () => removeFolder(path) }
}

/** A browser that is just ending may still write; a desktop's document portal, which it woke, mounts something there that goes with it: then once more at the end. */
function removeFolder(path: string): void {
  folders.delete(path)
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  } catch {
    folders.add(path)
  }
}

/** Remembers the leader of a process group that this process started, so that it never outlives us. */
export function ownGroup(pid: number | undefined): number {
  if (pid === undefined) throw new Error('The browser did not start.')
  groups.add(pid)
  return pid
}

export function endGroup(pid: number): void {
  groups.delete(pid)
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Already gone.
  }
}

/** A call as one expression. The transpiler names functions through `__name`, which no page knows. */
export function callSource(fn: (...args: never[]) => unknown, args: unknown[]): string {
  return `((__name) => (${fn.toString()})(...${JSON.stringify(args)}))((named) => named)`
}

export async function until<Found>(what: string, limitMs: number, look: () => Promise<Found | undefined>): Promise<Found> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
