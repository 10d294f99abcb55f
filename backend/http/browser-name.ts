/** The asking browser in words. A hint for people, never a proof: whoever asks writes the header. */
import Bowser from 'bowser'

const maxUserAgentLength = 512
const maxNameLength = 60
const unknown = 'a browser'

const browsers = new Set(Object.values(Bowser.BROWSER_MAP))
const systems = new Set(Object.values(Bowser.OS_MAP))
const devices = new Set(['iPhone', 'iPad', 'iPod'])

/**
 * The `User-Agent` header → plain text of at most 60 characters for the mail and the approve page: `Firefox on Windows`,
 * `Safari on iPhone`, and `a browser` where it says nothing known. Only names from a fixed list come out: a sentence
 * that somebody put into the header must not reach the reader of a mail (R60, R79).
 */
export function browserName(userAgent: string | undefined): string {
  const text = userAgent?.slice(0, maxUserAgentLength)
  if (!text) return unknown
  const name = names.get(text) ?? nameIn(text)
  if (names.size >= maxNames) names.clear()
  names.set(text, name)
  return name
}

/** Most visitors of a minute have one of a few browsers, and taking a header apart costs more than the rest of a request's reading. */
const names = new Map<string, string>()
const maxNames = 1000

function nameIn(text: string): string {
  const { browser, os, platform } = Bowser.parse(text)
  const name = known(browser.name, browsers)?.replace(/ for Android$/, '')
  if (name === undefined) return unknown
  const system = known(platform.model, devices) ?? known(os.name, systems)
  return (system === undefined ? name : `${name} on ${system}`).slice(0, maxNameLength)
}

function known(name: string | undefined, names: ReadonlySet<string>): string | undefined {
  return name !== undefined && names.has(name) ? name : undefined
}
