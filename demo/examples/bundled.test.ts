/** The package in somebody's own bundle: the elements come from npm and not from the backend, and what they fetch later has other names. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { build } from 'vite'
import { createSite } from '../../backend/sites/manage-sites.ts'
import { scratchFolder } from '../e2e/engine-process.ts'
import { launch, type Engine } from '../e2e/engines.ts'
import { part, somebody, textOf, untilIn } from '../e2e/person.ts'
import { startStage, type Stage } from '../e2e/stage.ts'
import { freePort, serveFiles } from './run-example.ts'

const limit = { timeout: 240_000 }
const folder = scratchFolder('bundled')
let stage: Stage
let engine: Engine
let origin: string
let stop: (() => Promise<void>) | undefined

before(async () => {
  stage = await startStage()
  engine = await launch('chromium')
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  await createSite(stage.services, { name: 'Bundled', origins: [origin], landing_urls: [`${origin}/`] })
  mkdirSync(join(folder.path, 'node_modules'))
  symlinkSync(join(import.meta.dirname, '../..'), join(folder.path, 'node_modules/linklatch'))
  writeFileSync(join(folder.path, 'index.html'), `<!doctype html><html lang="de"><title>Mine</title><script type="module" src="main.js"></script>`)
  writeFileSync(join(folder.path, 'main.js'), `import { onChange } from 'linklatch'\nonChange((session) => { document.title = session?.user.email ?? 'nobody' })
setTimeout(() => { document.body.innerHTML = '<linklatch-sign-in server="${stage.server}"></linklatch-sign-in>' }, 500)\n`)
  await build({ root: folder.path, configFile: false, logLevel: 'error' })
  stop = await serveFiles(join(folder.path, 'dist'), port, {})
}, limit)
after(async () => {
  await stop?.()
  await engine?.close()
  await stage?.stop()
  folder.remove()
})

it('waits for the element that says where the backend is, and puts no page of its own into a frame', limit, async () => {
  const tab = await (await engine.newDevice()).newTab()
  await tab.goto(`${origin}/`)
  const ready = await untilIn(tab, 'an answer', () => (globalThis as { linklatch?: { ready: Promise<unknown> } }).linklatch?.ready.then(() => performance.getEntriesByType('resource').map(({ name }) => name)))
  const bridges = ready.filter((name) => new URL(name).pathname === '/bridge')
  assert.deepEqual(bridges.map((name) => new URL(name).origin), [stage.server])
})

it('signs in, in a language that the bundle holds too, and tells the page', limit, async () => {
  const tab = await (await engine.newDevice()).newTab()
  await tab.goto(`${origin}/`)
  const address = somebody()
  await untilIn(tab, 'German', () => document.querySelector('linklatch-sign-in')?.shadowRoot?.textContent?.includes('Anmelden'))
  await tab.type(part.address, address)
  await tab.click(part.send)
  await textOf(tab, part.number)
  await tab.goto((await stage.letterTo(address)).link)
  assert.equal(await untilIn(tab, 'a session', () => document.title.includes('@') && document.title), address)
})
