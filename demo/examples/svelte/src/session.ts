import { readable } from 'svelte/store'
import type { PageSession } from 'linklatch'

/** The session of this page, or null; follows each change, also those of other tabs. */
export const session = readable<PageSession | null>(null, (set) => {
  let stop = () => {}
  void customElements.whenDefined('linklatch-sign-in').then(() => {
    set(window.linklatch?.session ?? null)
    stop = window.linklatch?.onChange(set) ?? stop
  })
  return () => stop()
})
