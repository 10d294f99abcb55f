import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useSession } from './use-session'

function App() {
  const session = useSession()
  const [problem, setProblem] = useState('')
  return (
    <main>
      <h1>The Slow Atlas</h1>
      <linklatch-sign-in onlinklatch-error={(event) => setProblem(event.detail.code)}></linklatch-sign-in>
      {session && <p id="welcome">Welcome, {session.user.email}.</p>}
      {problem && <p role="alert">{problem}</p>}
    </main>
  )
}

const root = document.getElementById('app')
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>)
