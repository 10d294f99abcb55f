/** A host page as an owner would write it, with a recorder beside it that keeps all that the page's own scripts can see. */

declare global {
  /** As much of what the page's script makes as the tests use. */
  var linklatch: {
    ready: Promise<unknown>
    session: { accessToken: string; user: { email?: string } } | null
    user: { email?: string } | null
    signIn(request: { email: string }): Promise<{ number: string }>
    getToken(): Promise<string | null>
    fetch(input: string): Promise<Response>
    signOut(): Promise<void>
    onChange(listener: (session: { user: { email?: string } } | null) => void): () => void
  }
  /** What the recorder has seen since this page was opened. */
  var seen: {
    sessions: ({ user: { id: string; email?: string } } | null)[]
    messages: { origin: string; data: Record<string, unknown> }[]
    /** What stood in the element, each time it was another thing, frame by frame. */
    drawn: string[]
    /** Codes of `linklatch-error`. */
    errors: string[]
  }
}

/** `site`, `server`: attributes of the element. `bridge`: an address to frame without the element, `sandbox`: with what that frame may do. */
export type HostWish = { site?: string; server?: string; bridge?: string; sandbox?: string }

export function hostPage(script: string, { site, server, bridge, sandbox }: HostWish = {}): string {
  const attributes = Object.entries({ site, server }).map(([name, value]) => (value === undefined ? '' : ` ${name}="${value}"`)).join('')
  const frame = `<iframe src="${bridge}"${sandbox === undefined ? '' : ` sandbox="${sandbox}"`}></iframe>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The Slow Atlas</title>
<script>${recorder}</script>
${bridge === undefined ? `<script type="module" src="${script}/linklatch.js"></script>` : ''}
</head>
<body><h1>The Slow Atlas</h1>${bridge === undefined ? `<linklatch-sign-in${attributes}></linklatch-sign-in>` : frame}</body>
</html>`
}

/** Plain script: it runs before anything else of the page. */
const recorder = `
globalThis.seen = { sessions: [], messages: [], drawn: [], errors: [] }
addEventListener('message', ({ origin, data }) => seen.messages.push({ origin, data }))
addEventListener('linklatch-error', ({ detail }) => seen.errors.push(detail.code))
addEventListener('linklatch-session', ({ detail }) => seen.sessions.push(detail.session))
const look = () => {
  const root = document.querySelector('linklatch-sign-in')?.shadowRoot
  const now = !root ? 'nothing' : root.querySelector('input[type=email]') ? 'form' : root.querySelector('[part=number]') ? 'waiting' : root.textContent.includes('@') ? 'signed in' : 'quiet'
  if (seen.drawn.at(-1) !== now) seen.drawn.push(now)
  requestAnimationFrame(look)
}
look()
`
