/** The owner's console, as its owner uses it: in Chromium, on the built files, beside a person who signs in; axe-core finds nothing on the way, nor does the policy block anything. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import type axe from 'axe-core'
import type { Browser, Page } from 'puppeteer-core'
import { until } from './engine-process.ts'
import { launchChromium } from './chromium.ts'
import { testLimit } from './in-engine.ts'
import { part, somebody } from './person.ts'
import { operatorToken, startStage, type Stage } from './stage.ts'

const rules = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe('the owner’s console', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  const complaints: string[] = []
  before(async () => {
    stage = await startStage()
    browser = await launchChromium()
    page = await browser.newPage()
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => void (message.text().includes('Content Security Policy') && complaints.push(message.text())))
  }, testLimit)
  after(async () => {
    await browser?.close()
    await stage?.stop()
  }, testLimit)

  const text = () => page.evaluate(() => document.body.innerText)
  const shows = (sentence: string) => until(`the console says "${sentence}"`, 30_000, async () => (await text()).includes(sentence) || undefined)
  const press = async (label: string) => {
    const handle = await page.waitForSelector(`xpath/.//*[self::a or self::button][normalize-space(.)="${label}"]`)
    await handle?.evaluate((each) => (each as HTMLElement).click())
  }
  const faults: string[] = []
  async function look(what: string): Promise<void> {
    for (const [scheme, width] of [['light', 1280], ['dark', 390]] as const) {
      await page.setViewport({ width, height: 900 })
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      // Handed in by the test's driver: the page's own policy lets no such script in.
      await page.evaluate(rules)
      const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }))
      faults.push(...found.violations.map(({ id, nodes }) => `${what}, ${scheme}: ${id} at ${nodes.map(({ html }) => html.slice(0, 120)).join(' and ')}`))
      if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) faults.push(`${what}: wider than ${width} px`)
    }
  }

  it('lets nobody in without the token, and its owner with it', testLimit, async () => {
    await page.goto(`${stage.server}/console`)
    await page.type('#token', `${operatorToken}x`)
    await look('the door')
    await press('Open')
    await shows('That is not the token')
    await page.$eval('#token', (input) => ((input as HTMLInputElement).value = ''))
    await page.type('#token', operatorToken)
    await press('Open')
    await shows('The Slow Atlas')
    await look('sites')
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]))
    assert.equal(kept.includes(operatorToken), false)
    assert.deepEqual(stage.setCookies, [])
  })

  it('adds a site, says what is wrong with the form before, and gives the lines to paste', testLimit, async () => {
    await press('Add a site')
    await page.type('#name', 'Second shop')
    await page.type('#origins', 'https://second.example/path')
    await press('Add the site')
    await shows('Entry 1 is not an origin')
    await look('a form with a fault')
    await page.$eval('#origins', (input) => ((input as HTMLTextAreaElement).value = 'https://second.example'))
    await press('Add the site')
    await shows('Second shop is added.')
    await shows(`<script type="module" src="${stage.server}/linklatch-1.`)
    await look('what to paste')
  })

  it('shows who signed in, and ends what they began: their page is signed out', testLimit, async () => {
    const address = somebody()
    const visitor = await browser.newPage()
    await visitor.goto(`${stage.host}/`)
    await (await visitor.waitForSelector(part.address, { visible: true }))?.type(address)
    await visitor.keyboard.press('Enter')
    await (await visitor.waitForSelector(part.code, { visible: true }))?.type((await stage.letterTo(address)).code ?? '')
    await visitor.waitForFunction((mine) => document.querySelector('linklatch-sign-in')?.shadowRoot?.textContent?.includes(mine), {}, address)
    await page.bringToFront()
    await press('Sites')
    await press('The Slow Atlas')
    await press('Sign-ins')
    await shows('completed')
    await look('sign-ins')
    await press('Events')
    await shows('session.claimed')
    await (await page.waitForSelector('xpath/.//a[starts-with(normalize-space(.), "sign-in ")]'))?.evaluate((each) => (each as HTMLElement).click())
    await shows('all events')
    await shows('mail.sent')
    await press('People')
    await press(address)
    await shows(' on Linux')
    await look('a person')
    await press('Sign out everywhere')
    await shows('Every session and every pending sign-in is over.')
    await shows('Nowhere.')
    const [newest] = await page.$$eval('table:last-of-type tbody tr', (rows) => rows.map((row) => (row as HTMLElement).innerText))
    assert.match(newest ?? '', /user\.revoked|session\.ended/)
    await visitor.bringToFront()
    await visitor.reload()
    await visitor.waitForSelector(part.address, { visible: true })
    await visitor.close()
    await page.bringToFront()
  })

  it('says what came of a press, and shows a new secret, where its owner looks', testLimit, async () => {
    await page.setViewport({ width: 1280, height: 800 })
    await press('Sites')
    await press('Second shop')
    await press('Settings')
    await shows('Webhook')
    await page.$eval('[name="webhook.url"]', (input) => ((input as HTMLInputElement).value = 'http://127.0.0.1:9/hook'))
    await press('Save')
    await shows('Send a test event')
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'once')
    await (await page.waitForSelector('xpath/.//button[normalize-space(.)="Send a test event"]'))?.click()
    await shows('The webhook did not take it')
    const inSight = (selector: string) => page.$eval(selector, (each) => each.getBoundingClientRect().top >= 0 && each.getBoundingClientRect().bottom <= innerHeight)
    assert.equal(await inSight('main > .problem'), true)
    await (await page.waitForSelector('xpath/.//button[normalize-space(.)="New secret…"]'))?.click()
    await press('Make a new one')
    await shows('The webhook’s new secret')
    assert.equal(await inSight('.once'), true)
    await look('a new secret')
  })

  it('removes a site once its name is typed', testLimit, async () => {
    await press('Sites')
    await press('Second shop')
    await press('Events')
    await shows('site.created')
    await look('events')
    await press('Settings')
    await look('settings')
    await press('Remove Second shop…')
    await page.type('#typed', 'Second shop')
    await look('the question')
    await press('Remove for good')
    await shows('Second shop is removed.')
    await press('Server log')
    await shows('site.deleted')
    await look('the server’s log')
    await press('Lock')
    await shows('The token is forgotten.')
    assert.equal((await text()).includes('site.deleted'), false)
  })

  it('gave no cause for complaint', () => {
    assert.deepEqual(faults, [])
    assert.deepEqual(complaints, [])
  })
})
