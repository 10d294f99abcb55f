/** The hidden iframe's page: nothing but the bridge's script, with the site and the one origin that may hold it. */
import { html, type Html } from '../http/html.ts'

export function bridgePage({ siteId, origin, scriptPath }: { siteId: string; origin: string; scriptPath: string }): Html {
  return html`<!doctype html>
<html lang="en" data-site="${siteId}" data-origin="${origin}">
<head><meta charset="utf-8"><title>Linklatch bridge</title><script type="module" src="${scriptPath}"></script></head>
<body></body>
</html>`
}
