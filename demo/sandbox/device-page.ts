/** What the stand-in phone shows when no page of the backend is on its screen. */
import { html } from '../../backend/http/html.ts'

export function devicePage(title: string, words: string): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title>
<style>
  html { color-scheme: light dark; height: 100%; }
  body { margin: 0; min-height: 100%; display: grid; place-content: center; padding: 28px; text-align: center; text-wrap: balance;
    font: 1rem/1.5 system-ui, sans-serif; color: light-dark(#1c1d1f, #f0eee9); background: light-dark(#f5f3ee, #131416); }
  h1 { font-size: 1.25rem; margin: 0 0 6px; }
  p { margin: 0; color: light-dark(#5f5e59, #a9a8a3); }
</style></head>
<body><h1>${title}</h1><p>${words}</p></body>
</html>`.toString()
}
