/** A host page as an owner would write it, with a recorder beside it that keeps all that the page's own scripts can see. */

declare global {
  /** What the recorder has seen since this page was opened. */
  var seen: {
    sessions: ({ user: { id: string; email?: string } } | null)[]
    messages: { origin: string; data: Record<string, unknown> }[]
    /** What stood in the element, each time it was another thing, frame by frame. */
    drawn: string[]
  }
}

export function hostPage(server: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The Slow Atlas</title>
<script>${recorder}</script>
<script type="module" src="${server}/linklatch.js"></script>
</head>
<body><h1>The Slow Atlas</h1><linklatch-sign-in></linklatch-sign-in></body>
</html>`
}

/** Plain script: it runs before anything else of the page. */
const recorder = `
globalThis.seen = { sessions: [], messages: [], drawn: [] }
addEventListener('message', ({ origin, data }) => seen.messages.push({ origin, data }))
addEventListener('linklatch-session', ({ detail }) => seen.sessions.push(detail.session))
const look = () => {
  const root = document.querySelector('linklatch-sign-in')?.shadowRoot
  const now = !root ? 'nothing' : root.querySelector('input[type=email]') ? 'form' : root.querySelector('[part=number]') ? 'waiting' : root.textContent.includes('@') ? 'signed in' : 'quiet'
  if (seen.drawn.at(-1) !== now) seen.drawn.push(now)
  requestAnimationFrame(look)
}
look()
`
