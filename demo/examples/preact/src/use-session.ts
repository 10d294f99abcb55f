import { useEffect, useState } from 'preact/hooks'
import type { PageSession } from 'linklatch'

/** The session of this page, or null; follows each change, also those of other tabs. */
export function useSession(): PageSession | null {
  const [session, setSession] = useState<PageSession | null>(null)
  useEffect(() => {
    let stop: (() => void) | undefined
    let left = false
    // The script is a module of its own: it may be ready before this one or after it.
    void customElements.whenDefined('linklatch-sign-in').then(() => {
      if (left) return
      setSession(window.linklatch?.session ?? null)
      stop = window.linklatch?.onChange(setSession)
    })
    return () => {
      left = true
      stop?.()
    }
  }, [])
  return session
}
