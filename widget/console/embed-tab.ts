/** What the site's owner pastes, and how their server checks a session. */
import { html } from 'lit'
import type { Site } from './answers.ts'
import type { Desk, Screen } from './desk.ts'
import { copyable } from './parts.ts'

export function embedTab(_desk: Desk, site: Site): Screen {
  const server = /src="(https?:\/\/[^/"]+)\//.exec(site.snippet)?.[1] ?? location.origin
  const policy = `Content-Security-Policy: script-src ${server}; connect-src ${server}; frame-src ${server}`
  const check = `import { createRemoteJWKSet, jwtVerify } from 'jose'

const keys = createRemoteJWKSet(new URL('${server}/.well-known/jwks.json'))
const { payload } = await jwtVerify(token, keys, {
  issuer: '${server}', audience: '${site.id}', typ: 'at+jwt', algorithms: ['ES256'],
})`
  return {
    title: () => 'Embed',
    load: () => Promise.resolve(),
    view: () => html`
      <h2>Paste this into your page</h2>
      <p class="hint">${site.landing_urls.length > 0 ? html`It has to stand on each landing page too: ${site.landing_urls.join(', ')}` : html`The site has no landing page: a mailed link leads to a page of this backend. With one (Settings), the same browser is signed in with no further press.`}</p>
      ${copyable(site.snippet, 'The snippet')}
      <p class="hint">It works on these origins: ${site.origins.join(', ')}</p>
      <h2>With a Content-Security-Policy</h2>
      <p class="hint">These directives, beside what the page has; nothing for styles.</p>
      ${copyable(policy, 'The policy')}
      <h2>Check a session on your server</h2>
      <p class="hint">The page’s script sends it as <code>Authorization: Bearer …</code>; any JOSE library reads it.</p>
      ${copyable(check, 'The check')}`,
  }
}
