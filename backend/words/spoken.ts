/** Times, durations and browsers in a language's words. */
import type { Words } from './en.ts'
import { fill } from './fill.ts'

/** `14 May 2026`. In UTC, since nobody here knows where the reader is. */
export function day(words: Words, at: number): string {
  return formats(words).day.format(at * 1000)
}

/** `09:41 UTC`, which reads the same in every language here. */
export function timeOfDay(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(11, 16)} UTC`
}

/** `10 minutes`; seconds where it is less than one and a half. */
export function duration(words: Words, seconds: number): string {
  const { minutes, seconds: short } = formats(words)
  return seconds < 90 ? short.format(Math.round(seconds)) : minutes.format(Math.round(seconds / 60))
}

/** `2 minutes ago` */
export function ago(words: Words, seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return minutes < 1 ? words.approve.justNow : formats(words).ago.format(-minutes, 'minute')
}

/** What `browserName` said in English: two names of fixed lists, one name, or that it is unknown. */
export function browser(words: Words, said: string): string {
  if (said === '' || said === 'a browser') return words.browser.unknown
  const [name = '', system, more] = said.split(' on ')
  return system === undefined || more !== undefined ? said : fill(words.browser.named, { name, system })
}

export function capital(words: Words, text: string): string {
  return `${text.charAt(0).toLocaleUpperCase(words.lang)}${text.slice(1)}`
}

type Formats = { day: Intl.DateTimeFormat; minutes: Intl.NumberFormat; seconds: Intl.NumberFormat; ago: Intl.RelativeTimeFormat }

/** By language; to make one takes half a millisecond. */
const made = new Map<string, Formats>()

function formats({ lang }: Words): Formats {
  const old = made.get(lang)
  if (old) return old
  // Digits as in the code and the number, which the reader types; days before months.
  const locale = `${lang === 'en' ? 'en-GB' : lang}-u-nu-latn`
  const unit = (name: string) => new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'long' })
  const fresh = {
    day: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }),
    minutes: unit('minute'),
    seconds: unit('second'),
    ago: new Intl.RelativeTimeFormat(locale),
  }
  made.set(lang, fresh)
  return fresh
}
