import { useSyncExternalStore } from 'react'
import type { PageSession } from 'linklatch'

/** The session of this page, or null; follows each change, also those of other tabs. */
export function useSession(): PageSession | null {
  return useSyncExternalStore(subscribe, () => window.linklatch?.session ?? null, () => null)
}

/** The script is a module of its own: it may be ready before this one or after it. */
function subscribe(changed: () => void): () => void {
  let stop: (() => void) | undefined
  let left = false
  void customElements.whenDefined('linklatch-sign-in').then(() => {
    if (left) return
    stop = window.linklatch?.onChange(changed)
    changed()
  })
  return () => {
    left = true
    stop?.()
  }
}
