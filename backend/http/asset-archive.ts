/**
 * The script files of earlier versions, which pages with a pinned snippet still ask for after an upgrade (R63): each version leaves its own
 * in the data directory, and serves what the versions before it left.
 */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadAsset, type Assets } from './assets.ts'

const isScript = (name: string): boolean => /^(linklatch-\d+\.\d+\.\d+|later-[\w-]+)\.js$/.test(name)

/** The same, with the earlier versions' files among `later`; a file of this version is always the built one. */
export async function withEarlier(assets: Assets, directory: string): Promise<Assets> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const own = new Map([[assets.scriptPath, assets.script], ...assets.later])
  for (const [path, { body }] of own) await leave(join(directory, path.slice(1)), body)
  const names = (await readdir(directory)).filter((name) => isScript(name) && !own.has(`/${name}`))
  const earlier = await Promise.all(names.map(async (name) => [`/${name}`, await loadAsset(join(directory, name))] as const))
  return { ...assets, later: new Map([...assets.later, ...earlier]) }
}

/** Whole or not at all: half a file would have another hash than the pages say. */
async function leave(file: string, body: Buffer): Promise<void> {
  const there = await readFile(file).catch(() => undefined)
  if (there?.equals(body)) return
  await writeFile(`${file}.${process.pid}.new`, body, { mode: 0o600 })
  await rename(`${file}.${process.pid}.new`, file)
}
