'use client'

/** Ends the session at the auth server, then this host's cookie. */
export function SignOut() {
  const signOut = async () => {
    await window.linklatch?.signOut()
    await fetch('/api/session', { method: 'DELETE' })
    location.assign('/')
  }
  return <button type="button" onClick={() => void signOut()}>Sign out</button>
}
