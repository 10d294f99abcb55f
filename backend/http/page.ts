import { type Html, html, raw } from './html.ts'

export type PageInput = {
  title: string
  /** BCP 47: the language of the words. */
  lang: string
  /** Where the lines of that language begin. */
  dir?: 'ltr' | 'rtl'
  body: Html
  /** The path of the window's picture, here. Without one no picture is asked for: browsers look for `/favicon.ico` by themselves. */
  icon?: string | undefined
  /** This program's own stylesheet; it goes into the page, under the nonce, so that nothing else has to be loaded (R58). */
  css: string
  /** Of this answer alone; the CSP names it: `style-src 'nonce-…'`. */
  nonce: string
}

/**
 * A whole HTML document without script, and without any subresource but pictures from here. Its answer's CSP:
 * `default-src 'none'; style-src 'nonce-…'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'` and `form-action` as the page needs it.
 */
export function page({ title, lang, dir = 'ltr', body, icon = 'data:,', css, nonce }: PageInput): string {
  if (/<\/style/i.test(css)) throw new TypeError('a stylesheet must not end its own element')
  return String(html`<!doctype html>
<html lang="${lang}"${dir === 'rtl' && html` dir="rtl"`}>
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="${icon}">
<style nonce="${nonce}">${raw(css)}</style>
</head>
<body>
${body}
</body>
</html>
`)
}
