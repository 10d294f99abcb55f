/** What A gives out, for the gallery: the pages behind a link and the mail, each in a frame of its own, side by side. */
import { alreadyApprovedPage, approvedPage, approvePage, rejectedPage } from '../dist/backend/sign-in/approve-page.js'
import { deadLinkPage } from '../dist/backend/sign-in/dead-link-page.js'
import { writeLetter } from '../dist/backend/sign-in/letter.js'
import { problemPage } from '../dist/backend/sign-in/problem-page.js'
import { Problem } from '../dist/backend/problems.js'
import { wordsFor } from '../dist/backend/words/words.js'

/** `frame`: how wide each page's window is. */
export const pageSheets = {
  'pages-phone': { scheme: 'light', frame: 390, width: 1640, locale: 'en', without: ['mail-long', 'mail-code'] },
  'pages-phone-dark': { scheme: 'dark', frame: 390, width: 1640, locale: 'en', only: ['used', 'long', 'mail'] },
  'pages-desk': { scheme: 'light', frame: 800, width: 1648, locale: 'en', only: ['approve', 'mail-long', 'mail-code'] },
  'pages-desk-dark': { scheme: 'dark', frame: 800, width: 1648, locale: 'en', only: ['approve', 'mail'] },
  'pages-right-to-left': { scheme: 'light', frame: 390, width: 1640, locale: 'ar', only: ['wrong-number', 'rejected', 'used', 'problem-later', 'long', 'mail', 'mail-text'] },
  'pages-narrow': { scheme: 'light', frame: 320, width: 688, locale: 'de', only: ['approve', 'mail-long'] },
  'pages-forced-colors': { scheme: 'dark', frame: 390, width: 1234, locale: 'en', only: ['wrong-number', 'used', 'mail'], forced: true },
}

/** 14 May 2026, 09:41:00 UTC. */
const askedAt = 1_778_751_660
const token = `eyJ0eXAiOiJsaW5rK2p3dCIsImFsZyI6IkhTMjU2In0.${'x'.repeat(150)}.${'y'.repeat(43)}`
const atlas = { name: 'The Slow Atlas' }
const shop = { name: 'Buchhandlung & Antiquariat Zur Alten Stadtmauer Rothenburg', accentColor: '#0f766e' }
const longAddress = 'maximiliane.von-der-hohenwart+newsletter@studierende.philologie.uni-tuebingen.example'
const signInOf = (more) => ({
  id: 's', siteId: 'a', origin: 'https://atlas.example', channel: 'email', address: 'ann.bee@example.com', browser: 'Firefox on Windows',
  createdAt: askedAt, expiresAt: askedAt + 600, delivery: { status: 'queued', asked: 1, settled: 0, attempts: 0, nextAttemptAt: 0, lastAskedAt: 0 }, ...more,
})

/** @returns {Record<string, string>} whole documents by name, the same at any time and on any machine */
export function pagesOf({ locale, only, without = [] }) {
  const words = wordsFor([locale])
  const signIn = signInOf({ locale })
  const long = { site: shop, signIn: signInOf({ locale, address: longAddress, origin: 'https://buchhandlung.rothenburg-ob-der-tauber.example' }) }
  const common = { site: atlas, signIn, token, words, nonce: 'nonce', landing: true, now: askedAt + 130 }
  const landing = 'https://atlas.example/account'
  const dead = (kind) => deadLinkPage({ ...common, kind, backTo: landing })
  const problem = (code) => problemPage({ ...common, problem: new Problem(code) })
  const letter = (more) => writeLetter({ ...common, link: `https://auth.atlas.example/link?token=${token}`, code: '012345', publicUrl: 'https://auth.atlas.example', now: askedAt, ...more })
  const pages = {
    approve: () => approvePage(common),
    'wrong-number': () => approvePage({ ...common, fault: 'wrongNumber' }),
    'no-number': () => approvePage({ ...common, fault: 'noNumber', landing: false }),
    approved: () => approvedPage(common),
    'already-approved': () => alreadyApprovedPage(common),
    rejected: () => rejectedPage({ ...common, landing }),
    ...Object.fromEntries(['used', 'moved', 'expired', 'cancelled', 'dead-rejected'].map((kind) => [kind, () => dead(kind.replace('dead-', ''))])),
    malformed: () => deadLinkPage({ kind: 'malformed', nonce: 'nonce', words }),
    'problem-unknown': () => problem('not_found'),
    'problem-later': () => problem('store_unavailable'),
    long: () => approvePage({ ...common, ...long, fault: 'wrongNumber' }),
    mail: () => letter().html,
    'mail-long': () => letter(long).html,
    'mail-code': () => letter({ site: { ...atlas, codeOnly: true }, link: undefined }).html,
    'mail-text': () => asText(letter().text, words),
  }
  return Object.fromEntries(Object.entries(pages).filter(([name]) => (!only || only.includes(name)) && !without.includes(name)).map(([name, page]) => [name, page()]))
}

/** The text of a mail as a mail program shows it. */
const asText = (text, { dir }) => `<!doctype html><meta name="color-scheme" content="light dark"><body style="margin: 16px"><pre dir="${dir}" style="font: 13px/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere">${text.replaceAll('&', '&amp;')}</pre>`

/** Runs in the page: a frame for each document, as tall as it is. @returns how everything in them looks */
export async function mountPages({ scheme, frame: width, pages }) {
  document.body.style.cssText = `margin: 0; padding: 16px; display: flex; flex-wrap: wrap; gap: 16px; align-items: start; background: ${scheme === 'dark' ? '#2a2b30' : '#d9dbe0'}`
  const frames = await Promise.all(Object.entries(pages).map(([name, html]) => new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.style.cssText = `border: 0; width: ${width}px; height: 320px`
    frame.title = name
    frame.onload = () => resolve(frame)
    frame.srcdoc = html
    document.body.append(frame)
  })))
  // A field that takes the focus by itself does so with a frame that is drawn.
  for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
  const look = (document) => [...new Set([...document.body.querySelectorAll('*')].map((node) => {
    const { color, backgroundColor, borderColor, borderRadius, padding, fontSize, fontWeight } = getComputedStyle(node)
    return `${node.localName}.${node.className}: ${[color, backgroundColor, borderColor, borderRadius, padding, fontSize, fontWeight].join(' | ')}`
  }))]
  return frames.flatMap((frame) => {
    const { activeElement, documentElement } = frame.contentDocument
    // A caret blinks.
    activeElement?.blur()
    frame.style.height = `${documentElement.scrollHeight}px`
    return look(frame.contentDocument).map((line) => `${frame.title} ${line}`)
  })
}
