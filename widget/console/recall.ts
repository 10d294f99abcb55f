/**
 * What was searched for on a screen, so that the browser's Back finds it again. It may be a person's address: it is in this page's memory alone, and the
 * browser's own entry of the screen has a random name for it.
 */
import { random } from '../encoding.ts'

const said = new Map<unknown, string>()

export function keep(text: string): string {
  const entry = random(8)
  history.replaceState(entry, '')
  said.set(entry, text)
  return text
}

export const recall = (): string => said.get(history.state) ?? ''

/** With the token. */
export const forget = (): void => said.clear()
