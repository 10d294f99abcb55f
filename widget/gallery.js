/**
 * `npm run gallery`: a picture of every phase in every theme, and of the pages and the mail, into `docs/gallery/`. `compareGallery` is what the test
 * asks: pictures where browser and fonts are those of the stored ones, and everywhere what each part measures and how it is coloured.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import puppeteer from 'puppeteer-core'
import { mountPages, pageSheets, pagesOf } from './gallery-pages.js'

const gallery = new URL('../docs/gallery/', import.meta.url)
const built = new URL('../dist/widget/', import.meta.url)

/** Ready themes: one line of properties each, as docs/theming.md prints them. */
export const themes = {
  light: { scheme: 'light', css: '' },
  dark: { scheme: 'dark', css: '' },
  ink: { scheme: 'light', css: '--linklatch-accent: #111; --linklatch-radius: 0; --linklatch-border: #111; --linklatch-shadow: none; --linklatch-font: Georgia, serif' },
  meadow: { scheme: 'light', css: '--linklatch-accent: #1f6b45; --linklatch-background: #fbfcf7; --linklatch-border: #dfe5d3; --linklatch-radius: 14px' },
  clay: { scheme: 'light', css: '--linklatch-accent: #a33f1f; --linklatch-background: #fffaf5; --linklatch-text: #2c1a12; --linklatch-muted: #6b5347; --linklatch-border: #eedfd3' },
  midnight: { scheme: 'dark', css: '--linklatch-accent: #7fd6c2; --linklatch-accent-text: #06231d; --linklatch-background: #0c1220; --linklatch-field: #070b15; --linklatch-border: #25304a' },
  plain: { scheme: 'light', css: '--linklatch-background: transparent; --linklatch-border: transparent; --linklatch-shadow: none; --linklatch-accent: #0b57d0; --linklatch-radius: 6px' },
}

/** Where pictures differ in more than the theme. */
const sheets = {
  ...Object.fromEntries(Object.entries(themes).map(([name, theme]) => [name, { ...theme, width: 1320 }])),
  'right-to-left': { ...themes.light, width: 1320, lang: 'ar', dir: 'rtl' },
  narrow: { ...themes.light, width: 320, only: ['ask', 'waiting', 'rejected', 'account'] },
  'zoomed-200': { ...themes.light, width: 640, font: '32px', only: ['ask', 'waiting'] },
  'forced-colors': { ...themes.dark, width: 1320, forced: true },
  family: { ...themes.light, width: 1320, of: 'family' },
  'family-dark': { ...themes.dark, width: 1320, of: 'family' },
  'family-right-to-left': { ...themes.light, width: 1320, lang: 'ar', dir: 'rtl', of: 'family' },
}

const server = () => {
  const http = createServer((request, response) => {
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html><html lang="en"><title>Gallery</title><body></body></html>')
    try {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(new URL(`.${request.url}`, built)))
    } catch {
      response.writeHead(404).end()
    }
  })
  return new Promise((resolve) => http.listen(0, '127.0.0.1', () => resolve(http)))
}

const waiting = { id: 's', address: 'ann@gmail.com', number: '07', expiresAt: 9e9, resendAt: 0, state: 'pending', delivery: 'sent' }
const ask = { name: 'ask', address: '' }
const session = { accessToken: '', expiresAt: 9e9, user: { id: 'u', email: 'ann.bee@example.com', created_at: 1 } }
const wait = (change, more = {}) => ({ phase: { name: 'waiting', waiting: { ...waiting, ...change }, checking: false }, session: null, ...more })
const ended = (why) => ({ phase: { name: 'ended', why, address: 'ann@example.com' }, session: null })
const signedIn = { phase: { name: 'signed-in' }, session, kept: 'cookie' }
/** Where `ann.bee` is signed in, as A would list it. */
const sessions = [
  { sid: 's1', current: true, created_at: 1, last_seen_at: 1_778_751_660, browser: 'Firefox on Windows' },
  { sid: 's2', current: false, created_at: 1, last_seen_at: 1_778_665_260, browser: 'Safari on iPhone' },
]
/** A state of each phase that looks different. */
const phases = {
  starting: { phase: { name: 'starting', landing: true }, session: null },
  ask: { phase: ask, session: null },
  typo: { phase: { ...ask, address: 'ann@gmial.com' }, session: null },
  invalid: { phase: { ...ask, address: 'ann@' }, session: null, failure: { code: 'invalid_address' } },
  sending: { phase: { name: 'sending', address: 'ann@example.com' }, session: null },
  waiting: wait({}),
  queued: wait({ delivery: 'queued', address: 'ann@example.org' }),
  deferred: wait({ delivery: 'deferred', address: 'ann@example.org' }),
  failed: wait({ delivery: 'failed' }),
  'wrong-code': wait({}, { failure: { code: 'wrong_code' } }),
  expired: ended('expired'),
  rejected: ended('rejected'),
  'signed-in': { phase: { name: 'signed-in' }, session, kept: 'memory' },
  setup: { phase: ask, session: null, failure: { code: 'frame_blocked' } },
  account: signedIn,
  'account-erase': signedIn,
}
const long = { ...session, user: { ...session.user, email: 'maximiliane.von-der-hohenwart+newsletter@studierende.uni-tuebingen.example' } }
/** The other elements, and a form with an address that no line holds. */
const family = {
  'account-closed': signedIn,
  account: signedIn,
  'account-stale': signedIn,
  'account-long': { ...signedIn, session: long },
  long: wait({ address: long.user.email }),
  'signed-in-long': { ...signedIn, session: long },
  'gate-in': signedIn,
  'gate-out': { phase: ask, session: null },
}

/** Runs in the page: mounts every phase side by side, with a client that stands still. Those named `account` are the account's menu. */
async function mountPhases({ css, scheme, dir = 'ltr', lang = 'en', font = '16px', only, phases, sessions }) {
  await import('/linklatch.js')
  window.fetch = async (_, { method }) => method === 'DELETE' ? Response.json({ code: 'fresh_sign_in_required' }, { status: 403 }) : Response.json({ sessions })
  document.documentElement.dir = dir
  document.documentElement.lang = lang
  document.documentElement.style.cssText = `color-scheme: ${scheme}; font: ${font}/1.5 system-ui, sans-serif; background: ${scheme === 'dark' ? '#0f1013' : '#f6f7f9'}`
  document.body.style.cssText = `margin: 0; padding: 16px; display: flex; flex-wrap: wrap; gap: 16px; align-items: start; ${css}`
  const elements = Object.entries(phases).filter(([name]) => !only || only.includes(name)).map(([name, state]) => {
    const element = document.createElement({ account: 'linklatch-user', gate: 'linklatch-gate' }[name.split('-')[0]] ?? 'linklatch-sign-in')
    element.client = { state, server: 'https://auth.example.com', subscribe: () => () => {}, use() {}, revive() {}, fail() {}, getToken: async () => 'at' }
    element.dataset.phase = name
    element.style.cssText = 'flex: 1 1 288px'
    if (name.startsWith('gate')) element.innerHTML = '<p slot="signed-in">Your maps</p><p slot="signed-out">Sign in to see your maps</p>'
    document.body.append(element)
    return element
  })
  // Until what comes after the form is drawn too, and nothing moves.
  for (const element of elements) while (!element.extra) await new Promise((resolve) => setTimeout(resolve, 20))
  await new Promise((resolve) => setTimeout(resolve, 100))
}

/** Runs in the page: does what a person would have done, until it shows. */
async function walkPhases({ sessions }) {
  const until = async (look) => { while (!look()) await new Promise((resolve) => setTimeout(resolve, 20)) }
  for (const { dataset: { phase }, shadowRoot: root } of document.querySelectorAll('[data-phase]')) {
    const press = async (selector, shown) => {
      root.querySelector(selector).click()
      await until(() => root.querySelector(shown))
    }
    if (phase === 'typo') {
      root.querySelector('input').dispatchEvent(new Event('change', { bubbles: true }))
      await until(() => root.querySelector('[part~=suggestion]'))
    }
    if (!phase.startsWith('account') || phase === 'account-closed') continue
    root.querySelector('details').open = true
    await until(() => root.querySelectorAll('li').length === sessions.length)
    root.host.style.minBlockSize = '28rem'
    if (/erase|stale/.test(phase)) await press('[part~=danger]', '[part=text]')
    if (phase === 'account-stale') await press('[part~=danger]', '[part=error]:not(:empty)')
  }
}

/** Runs in the page: how each part looks. */
const readPhases = () => [...document.querySelectorAll('[data-phase]')].flatMap((element) => [element, ...element.shadowRoot.querySelectorAll('[part]')].map((node) => {
  const { color, backgroundColor, borderColor, borderRadius, paddingInlineStart, fontWeight, display } = getComputedStyle(node)
  return `${element.dataset.phase} ${node.getAttribute('part') ?? 'host'}: ${[color, backgroundColor, borderColor, borderRadius, paddingInlineStart, fontWeight, display].join(' | ')}`
}))

async function drawPhases(page, sheet) {
  const sample = { ...sheet, phases: sheet.of === 'family' ? family : phases, sessions }
  await page.evaluate(mountPhases, sample)
  await page.evaluate(walkPhases, sample)
  return page.evaluate(readPhases)
}

/** What the pictures depend on besides our code. */
function environmentOf(version) {
  let fonts = ''
  try {
    fonts = execFileSync('fc-list', { encoding: 'utf8' }).split('\n').sort().join('\n')
  } catch {}
  // ICU: A's dates and durations come from Node.
  return `${version} ${createHash('sha256').update(fonts).digest('hex').slice(0, 16)} ICU ${process.versions.icu}`
}

async function dress(page, { width, scheme, forced }) {
  await page.setViewport({ width, height: 400, deviceScaleFactor: 1 })
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }, { name: 'prefers-color-scheme', value: scheme }])
  if (forced) await (await page.createCDPSession()).send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }, { name: 'prefers-reduced-motion', value: 'reduce' }] })
  await page.emulateTimezone('UTC')
}

/** @returns {Promise<{environment: string, pictures: Record<string, Buffer>, looks: Record<string, string[]>}>} */
export async function shoot(executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium') {
  const http = await server()
  const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'], timeout: 60_000, protocolTimeout: 120_000 })
  const pictures = {}
  const looks = {}
  try {
    for (const [name, sheet] of Object.entries({ ...sheets, ...pageSheets })) {
      const page = await browser.newPage()
      await dress(page, sheet)
      await page.goto(`http://127.0.0.1:${http.address().port}/`)
      looks[name] = await (sheet.frame ? page.evaluate(mountPages, { ...sheet, pages: pagesOf(sheet) }) : drawPhases(page, sheet))
      pictures[name] = Buffer.from(await page.screenshot({ fullPage: true }))
      await page.close()
    }
    return { environment: environmentOf(await browser.version()), pictures, looks }
  } finally {
    await browser.close()
    http.close()
  }
}

/** @returns {Promise<{compared: 'pictures' | 'looks', faults: string[]}>} what differs from the stored gallery */
export async function compareGallery(executablePath) {
  const { environment, pictures, looks } = await shoot(executablePath)
  const stored = JSON.parse(readFileSync(new URL('looks.json', gallery), 'utf8'))
  const changed = Object.entries(looks).flatMap(([name, lines]) => lines.filter((line, index) => stored.looks[name]?.[index] !== line).slice(0, 5).map((line) => `${name}: ${line}`))
  const samePlace = stored.environment === environment
  const faults = samePlace ? Object.entries(pictures).flatMap(([name, picture]) => pixelFault(name, picture) ?? []) : []
  return { compared: samePlace ? 'pictures' : 'looks', faults: [...changed, ...faults] }
}

function pixelFault(name, picture) {
  const [now, then] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(new URL(`${name}.png`, gallery)))]
  if (now.width !== then.width || now.height !== then.height) return `${name}: ${now.width}x${now.height} instead of ${then.width}x${then.height}`
  const different = pixelmatch(now.data, then.data, undefined, now.width, now.height, { threshold: 0.2 })
  return different > now.width * now.height * 0.001 ? `${name}: ${different} pixels differ` : undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { environment, pictures, looks } = await shoot()
  mkdirSync(gallery, { recursive: true })
  for (const [name, picture] of Object.entries(pictures)) writeFileSync(new URL(`${name}.png`, gallery), picture)
  writeFileSync(new URL('looks.json', gallery), `${JSON.stringify({ environment, looks }, null, 1)}\n`)
  console.log(`${Object.keys(pictures).length} pictures in docs/gallery, ${Object.values(pictures).reduce((sum, { length }) => sum + length, 0)} bytes`)
}
