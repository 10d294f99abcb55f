/** A hundred of each element come and go, while a sign-in waits and while somebody is signed in; then the page holds what it held before. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'puppeteer-core'
import { launchChromium } from './chromium.ts'
import { until } from './engine-process.ts'
import { testLimit } from './in-engine.ts'
import { somebody } from './person.ts'
import { startStage } from './stage.ts'
import type { Stage } from './stage.ts'

declare global {
  /** What is open in this frame, by kind. Nothing here holds an element. */
  var held: { timers: Set<number>; listeners: number }
}

/** Runs in every frame before its own scripts. */
function count(): void {
  globalThis.held = { timers: new Set(), listeners: 0 }
  const { timers } = held
  const [set, clear] = [window.setTimeout.bind(window), window.clearTimeout.bind(window)]
  const timed = (run: () => void, after?: number): number => {
    const id: number = set(() => (timers.delete(id), run()), after)
    timers.add(id)
    return id
  }
  const untimed = (id?: number): void => (timers.delete(id ?? 0), clear(id))
  Object.assign(window, { setTimeout: timed, clearTimeout: untimed })
  const [every, once] = [window.setInterval.bind(window), window.requestAnimationFrame.bind(window)]
  window.setInterval = ((...args: Parameters<typeof every>) => {
    const id = every(...args)
    timers.add(-id)
    return id
  }) as typeof setInterval
  window.requestAnimationFrame = (draw) => once(draw)
  const { addEventListener, removeEventListener } = EventTarget.prototype
  const isGlobal = (target: unknown): boolean => target === undefined || target === window || target === document
  EventTarget.prototype.addEventListener = function (...args) {
    held.listeners += Number(isGlobal(this))
    addEventListener.apply(this ?? window, args)
  }
  EventTarget.prototype.removeEventListener = function (...args) {
    held.listeners -= Number(isGlobal(this))
    removeEventListener.apply(this ?? window, args)
  }
}

const tags = ['linklatch-sign-in', 'linklatch-gate', 'linklatch-user']

type Holding = { timers: number; listeners: number; frames: number; streams: number }

/** Of the page and of all its frames; streams as the server counts them. */
async function holding(page: Page, { server }: Stage): Promise<Holding> {
  const all = await Promise.all(page.frames().map((frame) => frame.evaluate(() => ({ timers: held.timers.size, listeners: held.listeners }))))
  const sum = (kind: 'timers' | 'listeners'): number => all.reduce((total, one) => total + one[kind], 0)
  const [, streams] = /^linklatch_streams_open (\d+)/m.exec(await (await fetch(`${server}/metrics`)).text()) ?? []
  return { timers: sum('timers'), listeners: sum('listeners'), frames: all.length, streams: Number(streams) }
}

/** Some are gone before they have drawn, some after what comes later is there. */
async function comeAndGo(page: Page): Promise<void> {
  await page.evaluate(async (names) => {
    for (let turn = 0; turn < 100; turn += 1) {
      const elements = names.map((tag) => document.body.appendChild(document.createElement(tag)))
      if (turn % 2) await new Promise((resolve) => requestAnimationFrame(resolve))
      for (const element of elements) element.remove()
    }
  }, tags)
}

/** Elements that something still holds after a collection. */
async function alive(page: Page): Promise<Record<string, number>> {
  const counted: Record<string, number> = {}
  for (const tag of tags) {
    const prototype = await page.evaluateHandle((name) => customElements.get(name)?.prototype as HTMLElement, tag)
    const all = await page.queryObjects(prototype)
    counted[tag] = await all.evaluate((found) => found.length)
    // The list itself would hold them.
    await Promise.all([all.dispose(), prototype.dispose()])
  }
  return counted
}

/** What the page holds once it has come to rest: the same for a second. */
async function atRest(page: Page, stage: Stage): Promise<Holding> {
  let last = ''
  let since = Date.now()
  return until('a page at rest', 30_000, async () => {
    const now = await holding(page, stage)
    const text = JSON.stringify(now)
    if (text !== last) [last, since] = [text, Date.now()]
    return Date.now() - since >= 1000 ? now : undefined
  })
}

/** The page's own elements, and no other. */
const own = { 'linklatch-sign-in': 1, 'linklatch-gate': 0, 'linklatch-user': 0 }

type Held = Holding & typeof own

/** What is held once what was begun for a hundred of each has ended: a timer or a late file among them ends by itself, a leak never does. */
async function afterAHundred(page: Page, stage: Stage, before: Held): Promise<Held> {
  await comeAndGo(page)
  let after = before
  await until('the end of what was begun', 30_000, async () => {
    const now = { ...(await holding(page, stage)), ...(await alive(page)) as typeof own }
    after = { ...now, timers: Math.max(now.timers, before.timers) }
    return isDeepStrictEqual(after, before) || undefined
  }).catch(() => undefined)
  return after
}

async function nothingIsLeft(page: Page, stage: Stage, phase: string): Promise<void> {
  const before = { ...(await atRest(page, stage)), ...own }
  // Seen once in some twenty runs: the engine kept two for reasons of its own. A leak is still there after another hundred.
  const tries = [await afterAHundred(page, stage, before)]
  if (!isDeepStrictEqual(tries[0], before)) tries.push(await afterAHundred(page, stage, before))
  assert.deepEqual(tries.at(-1), before, phase)
}

async function comeAndGoInEachPhase(stage: Stage, page: Page): Promise<void> {
  const find = (selector: string) => page.waitForSelector(`linklatch-sign-in >>> ${selector}`, { visible: true })
  const untilStreams = (wanted: number) => until(`${wanted} streams`, 30_000, async () => (await holding(page, stage)).streams === wanted || undefined)
  await page.evaluateOnNewDocument(count)
  await page.goto(`${stage.host}/`)
  const address = somebody()
  await (await find('input[type=email]'))?.type(address)
  await page.keyboard.press('Enter')
  await find('[part~=sent]')
  await untilStreams(1)
  await nothingIsLeft(page, stage, 'waiting')
  await (await find('[part~=code]'))?.type((await stage.letterTo(address)).code)
  await page.waitForFunction(() => globalThis.seen.sessions.at(-1)?.user)
  await untilStreams(0)
  await nothingIsLeft(page, stage, 'signed in')
}

it('a hundred of each element leave no timer, listener, frame, stream or element', testLimit, async () => {
  const stage = await startStage()
  const browser = await launchChromium()
  try {
    await comeAndGoInEachPhase(stage, await browser.newPage())
  } finally {
    await browser.close()
    await stage.stop()
  }
})
