/** How the pages of a link look: the mail's colours, system fonts, light and dark, nothing loaded. */
import { buttonColors, darkCard, lightCard } from './button-colors.ts'

/** The stylesheet, with the site's accent where a button in it stands out from the card (WCAG 2.2, 1.4.11). */
export function cardStyles(accentColor: string | undefined): string {
  const { dark, ...light } = buttonColors(accentColor)
  return `
:root {
  color-scheme: light dark;
  --page: #f4f4f6; --card: ${lightCard}; --text: #18181b; --muted: #52525b; --rule: #e4e4e9; --edge: #82828c;
  --field: #ffffff; --soft: #f4f4f6; --danger: #b42318; --accent: ${light.background}; --on-accent: ${light.text};
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111113; --card: ${darkCard}; --text: #f4f4f5; --muted: #b4b4bd; --rule: #34343a; --edge: #85858f;
    --field: #131315; --soft: #26262b; --danger: #ff9b8f; --accent: ${dark.background}; --on-accent: ${dark.text};
  }
  .logo { padding: 4px; border-radius: 8px; background: #ffffff; }
}${rules}`
}

const rules = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100svh; padding: 24px 16px; display: grid; align-items: center; justify-items: center;
  background: var(--page); color: var(--text); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
main {
  width: 100%; max-width: 27rem; padding: 32px; background: var(--card); border: 1px solid var(--rule); border-radius: 16px;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 12px 32px -12px rgb(0 0 0 / 10%);
}
.site { display: flex; align-items: center; gap: 12px; margin: 0 0 20px; font-weight: 600; }
.mark {
  display: grid; place-items: center; flex: none; width: 3rem; height: 3rem; border: 1px solid transparent; border-radius: 12px;
  background: var(--accent); color: var(--on-accent); font-size: 1.375rem; font-weight: 600; line-height: 1;
}
.logo { flex: none; max-width: 100%; height: 3rem; object-fit: contain; object-position: left; }
[dir='rtl'] .logo { object-position: right; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
[dir='rtl'] h1 { letter-spacing: normal; }
p { margin: 12px 0 0; }
strong { font-weight: 600; }
.muted { color: var(--muted); font-size: 0.9375rem; }
dl { margin: 20px 0 0; padding: 14px 16px; border-radius: 10px; background: var(--soft); }
dt { color: var(--muted); font-size: 0.8125rem; }
dd { margin: 0; font-weight: 550; text-wrap: balance; }
dd + dt { margin-top: 8px; }
form { margin: 0; }
label { display: block; margin-top: 24px; font-weight: 600; }
input {
  display: block; width: 100%; height: 3.75rem; margin-top: 12px; padding: 0 12px 0 calc(12px + 0.3em); border: 1px solid var(--edge); border-radius: 10px;
  background: var(--field); color: var(--text); font: inherit; font-size: 1.75rem; font-weight: 600; letter-spacing: 0.3em;
  text-align: center; direction: ltr; font-variant-numeric: tabular-nums;
}
input[aria-invalid] { border: 2px solid var(--danger); }
.hint { margin-top: 2px; color: var(--muted); font-size: 0.9375rem; }
.error { margin-top: 12px; padding-inline-start: 12px; border-inline-start: 3px solid var(--danger); color: var(--danger); font-weight: 550; }
button, .button {
  display: block; width: 100%; min-height: 48px; margin-top: 12px; padding: 11px 16px;
  border: 1px solid var(--edge); border-radius: 10px; background: transparent; color: var(--text);
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { background: var(--soft); }
.primary { border-color: transparent; background: var(--accent); color: var(--on-accent); }
.primary:hover { background: var(--accent); text-decoration: underline; }
.danger { color: var(--danger); }
:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
.others { margin-top: 24px; padding-top: 12px; border-top: 1px solid var(--rule); }
.button { margin-top: 24px; }
@media (max-width: 30rem) {
  body { padding: 0; align-items: start; background: var(--card); }
  main { max-width: none; padding: 28px 20px 32px; border: 0; border-radius: 0; box-shadow: none; }
}
@media (forced-colors: active) {
  .mark, .primary { border-color: ButtonText; }
  dl { border: 1px solid; }
  :focus-visible { outline-color: Highlight; }
}
`
