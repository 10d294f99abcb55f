/**
 * Each example is started and signed in to, in a real browser. The quick ones run with `npm test`; all of them with `npm run test:examples`,
 * which sets LINKLATCH_WHOLE.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createSite } from '../../backend/sites/manage-sites.ts'
import { launch, type Engine, type Tab } from '../e2e/engines.ts'
import { part, somebody, textOf, untilIn } from '../e2e/person.ts'
import { startStage, type Stage } from '../e2e/stage.ts'
import { runExample, type Example, type Running } from './run-example.ts'

const vitePreview = (port: number): [string, ...string[]] => ['node_modules/.bin/vite', 'preview', '--host', '127.0.0.1', '--port', String(port), '--strictPort']
const ownServer = (): [string, ...string[]] => [process.execPath, 'server.js']
const bundled = { landing: '/', before: ['check', 'build'], serve: { command: vitePreview } }

const quick: Example[] = [
  { folder: 'plain-html', landing: '/', serve: { files: '.' } },
  { folder: 'koa-api', landing: '/', serve: { command: ownServer } },
]
const others: Example[] = [
  { folder: 'express-api', landing: '/', serve: { command: ownServer } },
  { folder: 'eleventy', landing: '/', before: ['build'], serve: { files: '_site' } },
  { folder: 'react', ...bundled },
  { folder: 'preact', ...bundled },
  { folder: 'vue', ...bundled },
  { folder: 'svelte', ...bundled },
]
const nextjs: Example = {
  folder: 'nextjs',
  landing: '/sign-in',
  before: ['build'],
  serve: { command: (port) => ['node_modules/.bin/next', 'start', '-H', '127.0.0.1', '-p', String(port)] },
}

const all = process.env.LINKLATCH_WHOLE !== undefined
const limit = { timeout: 600_000 }

describe('the examples', () => {
  let stage: Stage
  let engine: Engine
  before(async () => {
    stage = await startStage()
    engine = await launch('chromium')
  }, limit)
  after(async () => {
    await engine?.close()
    await stage?.stop()
  })

  for (const example of all ? [...quick, ...others] : quick) {
    it(`${example.folder}: a person signs in, and the page says who it is`, limit, () =>
      onExample(example, async ({ origin }, tab) => {
        const address = await signIn(tab, `${origin}/`)
        const welcome = example.folder === 'eleventy' ? await welcomeOf(tab) : await untilIn(tab, 'the welcome', saysWelcome)
        if (!/plain-html|eleventy/.test(example.folder)) assert.match(welcome, new RegExp(address))
      }))
  }

  it('plain-html: a stranger is not welcomed back before the script is there, nor where it cannot be had', limit, async () => {
    const running = await runExample({ folder: 'plain-html', landing: '/', serve: { files: '.' } }, async () => ({ LINKLATCH_SERVER: 'http://127.0.0.1:1' }))
    const tab = await engine.newTab()
    try {
      await tab.goto(running.origin)
      assert.equal(await tab.eval(saysWelcome), false)
      assert.equal(await tab.eval(() => document.querySelector('[slot=signed-out]')?.getClientRects().length), 1)
    } finally {
      await tab.close()
      await running.stop()
    }
  })

  it('nextjs: the dashboard sends strangers to the sign-in, shows who is signed in, and is closed again after sign-out', { ...limit, skip: !all && 'only in npm run test:examples' }, () =>
    onExample(nextjs, async ({ origin }, tab) => {
      await tab.goto(`${origin}/dashboard`)
      await untilIn(tab, 'the sign-in page', () => location.pathname === '/sign-in' && location.search === '?next=%2Fdashboard')
      const address = await signIn(tab)
      await untilIn(tab, 'the dashboard', () => location.pathname === '/dashboard')
      assert.equal(await untilIn(tab, 'the welcome', saysWelcome), `Signed in as ${address}`)
      await tab.click('button')
      await untilIn(tab, 'the home page', () => location.pathname === '/')
      await tab.goto(`${origin}/dashboard`)
      await untilIn(tab, 'the sign-in page', () => location.pathname === '/sign-in')
    }))

  async function onExample(example: Example, act: (running: Running, tab: Tab) => Promise<void>): Promise<void> {
    const running = await runExample(example, async (origin) => {
      const site = await createSite(stage.services, { name: 'The Slow Atlas', origins: [origin], landing_urls: [`${origin}${example.landing}`] })
      return { LINKLATCH_SERVER: stage.server, VITE_LINKLATCH_SERVER: stage.server, LINKLATCH_SITE: site.id }
    })
    const device = await engine.newDevice()
    try {
      await act(running, await device.newTab())
    } finally {
      await device.close()
      await running.stop()
    }
  }

  /** Types an address where the element is, and opens the mailed link in the same tab. */
  async function signIn(tab: Tab, url?: string): Promise<string> {
    const address = somebody()
    if (url !== undefined) await tab.goto(url)
    await tab.type(part.address, address)
    await tab.click(part.send)
    await textOf(tab, part.number)
    await tab.goto((await stage.letterTo(address)).link)
    return address
  }

  /** A site of static pages shows it on another page, where `redirect-to` leads. */
  async function welcomeOf(tab: Tab): Promise<string> {
    await untilIn(tab, 'the notes', () => location.pathname === '/notes/')
    return untilIn(tab, 'the welcome', saysWelcome)
  }
})

function saysWelcome(): string | false {
  const welcome = document.querySelector('#welcome')
  const text = welcome?.textContent?.trim() ?? ''
  return (welcome?.getClientRects().length ?? 0) > 0 && text !== '' && text
}
