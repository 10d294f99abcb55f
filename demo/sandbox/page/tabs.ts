/** Tabs as the keyboard knows them: arrows move, the chosen one alone is in the order (WAI-ARIA Authoring Practices). */
import { part } from './part.ts'

const ids = ['tab-html', 'tab-text', 'tab-device']

export function tabs(): void {
  for (const id of ids) {
    part(id).addEventListener('click', () => showTab(id))
    part(id).addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
      if (step === undefined) return
      const next = ids.at((ids.indexOf(id) + step) % ids.length) ?? id
      showTab(next)
      part(next).focus()
    })
  }
}

export function showTab(chosen: string): void {
  for (const id of ids) {
    const tab = part(id)
    tab.setAttribute('aria-selected', String(id === chosen))
    tab.tabIndex = id === chosen ? 0 : -1
    part(tab.getAttribute('aria-controls') ?? '').hidden = id !== chosen
  }
}
