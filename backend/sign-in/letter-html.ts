/**
 * The mail as HTML for mail programs: tables and inline styles, no image, nothing loaded from anywhere. The one style sheet only adds
 * dark mode and narrow screens; what drops it (Gmail for other accounts, Outlook for Windows) still shows the whole mail.
 */
import { html, raw, type Html, type Part } from '../http/html.ts'
import { buttonColors, darkCard, type ButtonColors } from './button-colors.ts'
import { fill, fillHtml } from '../words/fill.ts'
import type { Words } from '../words/words.ts'
import { letterWords, type LetterFacts } from './letter.ts'

export type LetterHtmlInput = { words: Words; facts: LetterFacts; accentColor: string | undefined }

export function letterHtml({ words, facts, accentColor }: LetterHtmlInput): string {
  const colors = buttonColors(accentColor)
  const { approve } = words
  const say = letterWords(words, facts)
  const notYou = fill(say.notYou, { reject: approve.reject })
  const body = [
    heading(facts, words, say.intro),
    ...(facts.link ? [button(facts.link.url, say.button, colors), row('6px', small(facts.link.elsewhere))] : []),
    rule,
    code(facts.code, say),
    rule,
    details(facts, words),
    row('16px', html`<strong class="text" style="color:#18181b;font-weight:600;">${say.notYouTitle}</strong>\n${notYou}`, smallStyle),
    ...(facts.link ? [rule, plainLink(facts.link.url, say.plainLink)] : []),
  ]
  const { siteName, host, browser, until } = facts
  return page(words, { title: fill(approve.title, { site: siteName }), preview: fill(say.preview, { host, browser, until }), styles: styles(colors) }, body).toString()
}

const font = raw("-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif")
const smallStyle = html`font-family:${font};font-size:14px;line-height:21px;color:#52525b;`

/** Dark colours, for the programs that ask; inverting ones get along with the light ones, none of which is pure. */
const styles = ({ dark }: ButtonColors) => raw(`
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .outer { padding: 0 !important; }
  .card { border-width: 0 !important; border-radius: 0 !important; }
  .inner { padding: 28px 20px !important; }
  .button, .button a { width: 100% !important; box-sizing: border-box !important; }
}
@media (prefers-color-scheme: dark) {
  .page { background-color: #111113 !important; }
  .card { background-color: ${darkCard} !important; border-color: #2e2e33 !important; }
  .text { color: #f4f4f5 !important; }
  .muted { color: #b4b4bd !important; }
  .rule { border-color: #2e2e33 !important; }
  .code { background-color: #29292e !important; color: #fafafa !important; }
  .button { background-color: ${dark.background} !important; }
  .button a { color: ${dark.text} !important; }
  .link { color: #b4b4bd !important; }
}
@media (forced-colors: active) { .button, .code { border: 1px solid !important; } }`)

function page({ lang, dir }: Words, head: { title: string; preview: string; styles: Html }, body: Part): Html {
  // On the table too: mail programs that put the mail into a page of their own drop what is outside the body.
  const rtl = dir === 'rtl' && html` dir="rtl"`
  return html`<!doctype html>
<html lang="${lang}"${rtl}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<meta name="x-apple-disable-message-reformatting">
<title>${head.title}</title>
<style>${head.styles}
</style>
</head>
<body class="page" style="margin:0;padding:0;width:100%;background-color:#f4f4f6;-webkit-text-size-adjust:100%;">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px;color:#f4f4f6;">
${head.preview}
${previewFiller}
</div>
<table class="page"${rtl} role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f4f4f6" style="background-color:#f4f4f6;">
<tr><td class="outer" align="center" style="padding:40px 16px;">
<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#fefefe"
  style="max-width:560px;background-color:#fefefe;border:1px solid #e4e4e9;border-radius:12px;border-collapse:separate;">
<tr><td class="inner" style="padding:40px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
${body}
</table>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

/** Keeps what follows, the code above all, out of the inbox's preview line. */
const previewFiller = raw(Array.from({ length: 12 }, () => '&#847;&zwnj;&nbsp;'.repeat(10)).join('\n'))

function heading({ siteName }: LetterFacts, { approve, dir }: Words, intro: string): Html {
  return html`<tr><td>
<h1 class="text" style="margin:0;font-family:${font};font-size:24px;line-height:32px;font-weight:600;${dir === 'ltr' && 'letter-spacing:-0.01em;'}overflow-wrap:anywhere;word-break:break-word;color:#18181b;">
${fillHtml(approve.title, { site: html`<bdi>${siteName}</bdi>` })}
</h1>
<p class="muted" style="margin:8px 0 0;font-family:${font};font-size:16px;line-height:24px;color:#3f3f46;">
${intro}
</p>
</td></tr>`
}

/** The colour is on the cell, which Outlook paints; the whole of it is the link everywhere else. */
function button(link: string, label: string, { background, text }: ButtonColors): Html {
  return html`<tr><td style="padding:24px 0 10px;">
<table class="button" role="presentation" cellpadding="0" cellspacing="0" border="0" bgcolor="${background}"
  style="background-color:${background};border-radius:8px;border-collapse:separate;">
<tr><td align="center" style="border-radius:8px;mso-padding-alt:14px 36px;">
<a href="${link}"
  style="display:inline-block;padding:14px 36px;font-family:${font};font-size:16px;line-height:20px;font-weight:600;color:${text};text-decoration:none;border-radius:8px;">${label}</a>
</td></tr>
</table>
</td></tr>`
}

function code(digits: string, say: Words['letter']): Html {
  return html`<tr><td>
<h2 class="text" style="margin:0;font-family:${font};font-size:16px;line-height:24px;font-weight:600;color:#18181b;">
${say.codeTitle}
</h2>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:12px 0;">
<tr><td class="code" align="center" bgcolor="#f4f4f6" style="padding:18px 12px;background-color:#f4f4f6;border-radius:8px;
  font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:32px;line-height:40px;font-weight:600;letter-spacing:0.18em;
  white-space:nowrap;color:#18181b;">${digits}</td></tr>
</table>
${small(say.codeOnly)}
</td></tr>`
}

function details(facts: LetterFacts, { letter: say, dir }: Words): Html {
  const lines = [
    [say.host, facts.host],
    [say.browser, facts.browser],
    [say.askedAt, facts.askedAt],
    [say.worksUntil, facts.until],
  ] as const
  return html`<tr><td>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
${lines.map(([label, value]) => detail(label, value, dir))}
</table>
</td></tr>`
}

/** Not by logical CSS, which Outlook for Windows does not know. */
function detail(label: string, value: string, dir: Words['dir']): Html {
  const padding = dir === 'rtl' ? '3px 0 3px 16px' : '3px 16px 3px 0'
  return html`<tr>
<td class="muted" valign="top" style="padding:${padding};white-space:nowrap;${smallStyle}">${label}</td>
<td class="text" valign="top" width="100%" style="padding:3px 0;word-break:break-word;overflow-wrap:anywhere;${smallStyle}color:#18181b;">
${value}
</td>
</tr>`
}

function plainLink(link: string, sentence: string): Html {
  return html`<tr><td>
${small(sentence)}
<p style="margin:6px 0 0;font-family:${font};font-size:12px;line-height:18px;word-break:break-all;overflow-wrap:anywhere;">
<a class="link" dir="ltr" href="${link}"
  style="color:#52525b;text-decoration:underline;">${link}</a>
</p>
</td></tr>`
}

const small = (sentence: string) => html`<p class="muted" style="margin:0;${smallStyle}">\n${sentence}\n</p>`

function row(paddingTop: string, content: Part, style?: Html): Html {
  return html`<tr><td class="muted" style="padding-top:${paddingTop};${style}">\n${content}\n</td></tr>`
}

const rule = html`<tr><td style="padding:24px 0;">
<div class="rule" style="border-top:1px solid #e4e4e9;font-size:0;line-height:0;">&nbsp;</div>
</td></tr>`
