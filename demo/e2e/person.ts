/** What a person does and sees, in words; each step waits for what it needs and for nothing else. */
import type { Tab } from './engines.ts'
import { until } from './engine-process.ts'
import type { Stage } from './stage.ts'

const element = 'linklatch-sign-in >>> '
const patience = 30_000

export const part = {
  address: `${element}input[type=email]`,
  send: `${element}button[type=submit]`,
  number: `${element}[part=number]`,
  code: `${element}input[autocomplete=one-time-code]`,
  link: `${element}[part=link]`,
}

let people = 0
/** An address that nobody had before. */
export const somebody = (): string => `person-${++people}@example.org`

/** Opens the host page, asks for a link and waits for the number. */
export async function askForLink(tab: Tab, stage: Stage, address = somebody()): Promise<{ address: string; number: string }> {
  await tab.goto(`${stage.host}/`)
  await tab.type(part.address, address)
  await tab.click(part.send)
  return { address, number: await textOf(tab, part.number) }
}

/** Polls the page until `look` gives something. A page that is just being left answers with an error: that is no answer yet. @throws and says what the page shows instead */
export async function untilIn<Args extends unknown[], Found>(tab: Tab, what: string, look: (...args: Args) => Found | null | undefined | false, ...args: Args): Promise<NonNullable<Found>> {
  try {
    return await until(what, patience, async () => {
      const found = await tab.eval(look, ...args).catch(() => undefined)
      return found === null || found === false || found === undefined ? undefined : (found)
    })
  } catch (thrown) {
    throw new Error(`${(thrown as Error).message}; the page: ${await tab.eval(shown).catch(String)}`, { cause: thrown })
  }
}

/** For whoever reads that a test failed: the words on the page. */
function shown(): string {
  const words = (node: ParentNode): string => [...node.children].map((each) => {
    if (each instanceof HTMLStyleElement || each instanceof HTMLScriptElement) return ''
    const field = each instanceof HTMLInputElement ? `[${each.value}]` : ''
    const own = [...each.childNodes].map((one) => (one.nodeType === Node.TEXT_NODE ? one.textContent?.trim() : '')).join(' ')
    return `${own}${field} ${each.shadowRoot ? words(each.shadowRoot) : ''} ${words(each)}`
  }).join(' ')
  return `${location.pathname} ${words(document.body).replace(/\s+/g, ' ').trim()}`.slice(0, 600)
}

/** Until the element shows what a person can use: in a background tab too, where nothing is drawn. */
export function isReady(tab: Tab): Promise<true> {
  return untilIn(tab, 'the form, the number or who is signed in', () => {
    const root = document.querySelector('linklatch-sign-in')?.shadowRoot
    return Boolean(root?.querySelector('input[type=email], [part=number], [part=link]')) && true
  })
}

/** The codes of what went wrong on this page, as soon as one of them is this. */
export function failedWith(tab: Tab, code: string): Promise<true> {
  return untilIn(tab, code, (wanted) => globalThis.seen?.errors.includes(wanted), code)
}

export function textOf(tab: Tab, selector: string): Promise<string> {
  return untilIn(tab, selector, readText, selector)
}

function readText(selector: string): string | undefined {
  let root: ParentNode | null | undefined = document
  let found: Element | null = null
  for (const step of selector.split(' >>> ')) {
    found = root?.querySelector(step) ?? null
    root = found?.shadowRoot
  }
  return found?.textContent?.trim()
}

/** What the element says as a whole, as soon as it says something that matches. */
export function says(tab: Tab, pattern: RegExp): Promise<string> {
  return untilIn(tab, String(pattern), (source, flags) => {
    const text = document.querySelector('linklatch-sign-in')?.shadowRoot?.textContent?.replace(/\s+/g, ' ')
    return text !== undefined && new RegExp(source, flags).test(text) && text
  }, pattern.source, pattern.flags)
}

/** The address that this page knows as signed in. */
export function signedInAs(tab: Tab): Promise<string> {
  return untilIn(tab, 'a session', () => globalThis.seen?.sessions.at(-1)?.user.email)
}

export function signedOut(tab: Tab): Promise<true> {
  return untilIn(tab, 'the end of the session', () => globalThis.seen?.sessions.at(-1) === null)
}

/** The rung on which the newest session is kept: what the bridge said beside it. */
export function rung(tab: Tab): Promise<string> {
  return untilIn(tab, 'the rung', () => globalThis.seen?.messages.map(({ data }) => data).findLast(({ type, session, kept }) => type === 'session' && session && kept)?.kept as string | undefined)
}

/** Whatever this page ever heard of a session. */
export const sessionsSeen = (tab: Tab): Promise<number> => tab.eval(() => globalThis.seen.sessions.filter((session) => session !== null).length)

/** Opens a mailed link where it was not asked for, and waits for the approve page. */
export async function openElsewhere(tab: Tab, link: string): Promise<void> {
  await tab.goto(link).catch(() => undefined)
  await untilIn(tab, 'the approve page', () => document.querySelector('input[name=number]') !== null)
}

export const choice = (value: 'there' | 'here' | 'reject') => `button[name=choice][value=${value}]`
