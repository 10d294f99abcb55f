'use client'

import { useEffect } from 'react'

/** As soon as somebody is signed in, this server gets to know it, and the person goes on. */
export function SignIn({ next }: { next: string }) {
  useEffect(() => {
    let stop: (() => void) | undefined
    let left = false
    const goOn = async () => {
      const answer = await window.linklatch?.fetch('/api/session', { method: 'POST' })
      if (answer?.ok && !left) location.assign(next)
    }
    void customElements.whenDefined('linklatch-sign-in').then(async () => {
      stop = window.linklatch?.onChange((session) => void (session && goOn()))
      if (await window.linklatch?.ready) await goOn()
    })
    return () => {
      left = true
      stop?.()
    }
  }, [next])
  return <linklatch-sign-in></linklatch-sign-in>
}
