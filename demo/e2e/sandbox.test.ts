/** The sandbox page as a visitor uses it: the built page, its own policy, its inbox and the stand-in for another device. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startSandbox } from '../sandbox/host.ts'
import type { Sandbox } from '../sandbox/host.ts'
import { sandboxSite } from '../sandbox/site.ts'
import { until } from './engine-process.ts'
import { launch } from './engines.ts'
import type { Engine, Tab } from './engines.ts'
import { testLimit } from './in-engine.ts'
import { begin } from './linked-pages.ts'
import { part, somebody, textOf, untilIn } from './person.ts'
import { startStage } from './stage.ts'
import type { Stage } from './stage.ts'

describe('the sandbox', () => {
  let stage: Stage
  let sandbox: Sandbox
  let engine: Engine
  let siteId: string

  before(async () => {
    stage = await startStage()
    const { server, outbox } = stage
    const options = { port: 0, server, reach: server, outbox, pages: join(import.meta.dirname, '../../dist/demo/sandbox/page') }
    const first = await startSandbox({ ...options, siteId: '' })
    const { port } = new URL(first.url)
    await first.stop()
    const site = await sandboxSite(stage.services, first.url)
    sandbox = await startSandbox({ ...options, port: Number(port), siteId: site.id })
    siteId = site.id
    engine = await launch('chromium')
  }, testLimit)

  after(async () => {
    await engine?.close()
    await sandbox?.stop()
    await stage?.stop()
  }, testLimit)

  /** A visitor of their own, with a mail in the inbox. */
  async function visit(): Promise<{ tab: Tab; address: string }> {
    const tab = await (await engine.newDevice()).newTab()
    await tab.goto(`${sandbox.url}/`)
    const address = somebody()
    await tab.type(part.address, address)
    await tab.click(part.send)
    await untilIn(tab, 'the mail', (to) => document.querySelector('#to')?.textContent === to, address)
    return { tab, address }
  }

  const roomIsOpen = (tab: Tab) => untilIn(tab, 'the reading room', () => document.querySelector<HTMLElement>('#room')?.hidden === false)

  it('shows the site’s logo on the stand-in’s pages, and lets nothing in it run when it is opened by itself', testLimit, async () => {
    const answer = await fetch(`${sandbox.url}/sites/${siteId}/logo`)
    assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('x-content-type-options')], [200, 'image/svg+xml', 'nosniff'])
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none';.* sandbox$/)
  })

  it('shows the mail at once, with a code that signs in', testLimit, async () => {
    const { tab } = await visit()
    await tab.type(part.code, await textOf(tab, '#code'))
    await roomIsOpen(tab)
  })

  it('shows the mail as HTML with a link that opens a tab of the same browser, which signs in', testLimit, async () => {
    const { tab } = await visit()
    const mail = await untilIn(tab, 'the mail’s frame', () => document.querySelector<HTMLIFrameElement>('#letter')?.src)
    await tab.clickInFrame(mail, 'a[href*="/link?token="]')
    await roomIsOpen(tab)
  })

  it('lets another device type the number, which signs the first screen in', testLimit, async () => {
    const { tab } = await visit()
    const number = await textOf(tab, part.number)
    await openPhone(tab)
    await pressOnPhone(tab, 'there', number)
    await roomIsOpen(tab)
  })

  it('lets another device take the session, and the first screen gets none', testLimit, async () => {
    const { tab, address } = await visit()
    await openPhone(tab)
    await pressOnPhone(tab, 'here', '')
    await untilIn(tab, 'the end on the first screen', () => document.querySelector('linklatch-sign-in')?.shadowRoot?.querySelector('[part=number]') === null)
    assert.match(await tab.inFrame(`${sandbox.url}/approve`, () => document.body.textContent), new RegExp(address))
    assert.equal(await tab.eval(() => document.querySelector<HTMLElement>('#room')?.hidden), true)
  })

  it('keeps within the screen at 390 and at 1280 pixels', testLimit, async () => {
    const { tab } = await visit()
    for (const width of [390, 1280]) {
      await tab.resize(width, 900)
      for (const view of ['#tab-html', '#tab-text', '#tab-device']) {
        await tab.click(view)
        assert.equal(await tab.eval(() => document.documentElement.scrollWidth - innerWidth), 0, `${view} at ${width}`)
      }
    }
  })

  it('on a phone says that a mail has come, and not that one was there before, over the form', testLimit, async () => {
    await visit()
    const tab = await (await engine.newDevice()).newTab()
    // As high as a phone is beside its keyboard: a press scrolls its button to the middle, and on a higher screen the inbox with it, by how wide the fonts are.
    await tab.resize(390, 480)
    await tab.goto(`${sandbox.url}/`)
    const says = () => document.querySelector<HTMLElement>('#new-mail')?.hidden === false
    await untilIn(tab, 'the inbox', () => document.querySelectorAll('#letters li').length > 0)
    assert.equal(await tab.eval(says), false)
    await tab.type(part.address, somebody())
    await tab.click(part.send)
    await untilIn(tab, 'the hint', says)
  })

  it('changes nothing under whoever is at the inbox when another mail comes, and says that a copy was made', testLimit, async () => {
    const { tab, address } = await visit()
    await tab.click('#tab-device')
    for (const place of ['#letters button', '#open-device']) {
      await tab.eval((where) => document.querySelector<HTMLElement>(where)?.focus(), place)
      const count = await tab.eval(() => document.querySelectorAll('#letters li').length)
      await begin({ ...stage, host: sandbox.url }, { site: siteId })
      await untilIn(tab, 'another row', (before) => document.querySelectorAll('#letters li').length > before, count)
      assert.equal(await tab.eval((where) => document.activeElement?.matches(where), place), true, place)
      assert.equal(await tab.eval(() => document.querySelector('#to')?.textContent), address)
    }
    await tab.click('#copy-code')
    assert.equal(await textOf(tab, '#said:not(:empty)'), 'Copied.')
  })

  it('refuses every other name, so that no foreign page reads the inbox', async () => {
    const { port } = new URL(sandbox.url)
    const answer = await fetch(`http://localhost:${port}/inbox`)
    assert.equal(answer.status, 421)
  })

  async function openPhone(tab: Tab): Promise<void> {
    await tab.click('#tab-device')
    await tab.click('#open-device')
    await untilPhone(tab, `${sandbox.url}/device`, () => document.querySelector('input[name=number]') !== null)
  }

  async function untilPhone(tab: Tab, prefix: string, look: () => boolean): Promise<void> {
    await until('the phone', 30_000, async () => (await tab.inFrame(prefix, look).catch(() => false)) || undefined)
  }

  async function pressOnPhone(tab: Tab, value: string, number: string): Promise<void> {
    await tab.inFrame(`${sandbox.url}/device`, (chosen, typed) => {
      const field = document.querySelector<HTMLInputElement>('input[name=number]')
      if (field) field.value = typed
      document.querySelector<HTMLButtonElement>(`button[name=choice][value=${chosen}]`)?.click()
    }, value, number)
    await untilPhone(tab, `${sandbox.url}/approve`, () => document.readyState === 'complete')
  }
})
