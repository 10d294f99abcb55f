/** A scanner that runs a real browser: it opens the link, fills every field and presses every button that it finds, in a given order. */
import type { Tab } from '../e2e/engines.ts'
import { untilIn } from '../e2e/person.ts'

export type Choice = 'there' | 'here' | 'reject'
export const choices: Choice[] = ['there', 'here', 'reject']

/** All orders of some things. */
export function ordersOf<Thing>(things: Thing[]): Thing[][] {
  if (things.length < 2) return [things]
  return things.flatMap((first, at) => ordersOf(things.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}

/** Opens the link before each press, as a scanner does that works through the buttons of a page. */
export async function crawl(tab: Tab, link: string, order: Choice[], typed: string): Promise<void> {
  for (const choice of order) {
    await tab.goto(link).catch(() => undefined)
    await untilIn(tab, 'a page of A', () => document.readyState === 'complete' && document.querySelector('main > h1') !== null)
    if (await tab.eval(pressButton, choice, typed)) await untilIn(tab, 'the next page', () => document.readyState === 'complete' && document.documentElement.dataset.left === undefined)
  }
}

/** Presses past the form's own checks, as scripts can. @returns whether there was such a button */
function pressButton(choice: string, typed: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(`button[name=choice][value=${choice}]`)
  if (!button) return false
  for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden])')) field.value = typed
  button.form?.setAttribute('novalidate', '')
  document.documentElement.dataset.left = 'true'
  button.click()
  return true
}

/** Submits every form of the page as it stands, by script and without a button. */
export async function submitForms(tab: Tab): Promise<void> {
  await tab.eval(() => {
    document.documentElement.dataset.left = 'true'
    for (const form of document.forms) form.submit()
  })
  await untilIn(tab, 'the next page', () => document.readyState === 'complete' && document.documentElement.dataset.left === undefined)
}

/** Presses whatever can be pressed on a page of H, inside the element too, and types into every field. */
export async function pressEverything(tab: Tab): Promise<void> {
  await tab.eval(async () => {
    const all = (root: ParentNode): Element[] => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
    for (let round = 0; round < 5; round++) {
      for (const one of all(document)) {
        if (one instanceof HTMLInputElement) one.value = '123456'
        if (one instanceof HTMLButtonElement) one.click()
        if (one instanceof HTMLFormElement) one.requestSubmit()
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
}
