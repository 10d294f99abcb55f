/** The console's looks, light and dark, from a narrow phone on: a constructed sheet, so that its policy needs no `style-src`. */
export const styles = /* css */ `
  :root {
    color-scheme: light dark;
    --paper: light-dark(#f6f7f9, #111318);
    --card: light-dark(#fff, #191c23);
    --line: light-dark(#dfe2e8, #31353f);
    --ink: light-dark(#16181d, #eef0f5);
    --soft: light-dark(#5a606d, #a6adbb);
    --accent: light-dark(#2f4fd0, #a9bbff);
    --on-accent: light-dark(#fff, #10173a);
    --bad: light-dark(#b3261e, #ffa79e);
    --good: light-dark(#17663a, #8fd6a8);
    --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
    font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
    background: var(--paper);
    color: var(--ink);
  }
  *, ::before, ::after { box-sizing: border-box; }
  body { margin: 0; }
  header, main { max-inline-size: 64rem; margin-inline: auto; padding-inline: 1rem; }
  header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 1.5rem; padding-block: 0.75rem; border-block-end: 1px solid var(--line); }
  header nav { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.25rem; }
  main { padding-block: 1.25rem 4rem; overflow-wrap: anywhere; }
  main[aria-busy=true] { cursor: progress; }
  h1, h2, h3, p, dl, pre { margin: 0; }
  h1 { font-size: 1.6rem; line-height: 1.25; letter-spacing: -0.015em; }
  h2 { font-size: 1.2rem; margin-block: 2rem 0.5rem; }
  h3 { font-size: 1rem; margin-block: 1.75rem 0.5rem; }
  .brand { font-weight: 650; }
  .soft, .hint, .none, dt { color: var(--soft); }
  .hint, .fault, .mind { font-size: 0.9rem; }
  .none { padding-block: 1rem; }
  h1 + .hint { margin-block-end: 0.75rem; }
  .way { margin-block-end: 0.25rem; }
  .bar { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 0.75rem; margin-block-end: 1rem; }
  .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); border: 0; padding: 0; }
  a { color: var(--accent); text-underline-offset: 0.2em; }
  code, pre { font-family: var(--mono); font-size: 0.86em; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  h1:focus-visible { outline: none; }
  button, .button, input, select, textarea { font: inherit; color: inherit; min-block-size: 2.5rem; padding: 0.375rem 0.875rem; border: 1px solid light-dark(#838a99, #6d7382); border-radius: 8px; background: var(--card); }
  button, .button { display: inline-flex; align-items: center; cursor: pointer; font-weight: 600; border-color: var(--line); text-decoration: none; }
  button:hover, .button:hover { filter: brightness(0.97); }
  .primary { background: var(--accent); border-color: transparent; color: var(--on-accent); }
  .danger { color: var(--bad); border-color: currentcolor; }
  .field { margin-block-start: 1rem; }
  label { display: block; font-weight: 600; }
  .field :is(input, textarea, select) { margin-block-start: 0.25rem; inline-size: 100%; max-inline-size: 40rem; }
  [type=number] { max-inline-size: 10rem !important; }
  textarea { font-family: var(--mono); font-size: 0.9rem; resize: vertical; }
  [aria-invalid=true] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
  .fault, .problem { color: var(--bad); font-weight: 500; }
  form p { margin-block-start: 1rem; }
  form .field p { margin-block-start: 0.125rem; }
  .row { display: flex; flex-wrap: wrap; align-items: start; gap: 0.5rem 0.75rem; margin-block-end: 1rem; }
  .row > :is(button, .check) { margin-block-start: 1.75rem; }
  .row .field { flex: 0 1 22rem; margin: 0; }
  .check { display: flex; align-items: center; gap: 0.5rem; min-block-size: 2.5rem; font-weight: 400; }
  .check input { min-block-size: 0; inline-size: 1.15rem; block-size: 1.15rem; accent-color: var(--accent); }
  .acts { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-block: 1rem 0; }
  details { margin-block-start: 1.25rem; }
  summary { cursor: pointer; font-weight: 600; }
  .said:not(:empty), .problem:not(:empty), .once { margin-block-end: 1rem; padding: 0.75rem 1rem; border: 1px solid var(--line); border-inline-start: 4px solid var(--good); border-radius: 8px; background: var(--card); }
  .problem:not(:empty) { border-inline-start-color: var(--bad); }
  @media (min-height: 24rem) { main > :is(.said, .problem) { position: sticky; inset-block-start: 0.5rem; z-index: 1; } }
  .once { border-inline-start-color: var(--accent); }
  .once h2 { margin-block: 0; }
  .tabs { display: flex; flex-wrap: wrap; gap: 0 clamp(0.75rem, 3.2vw, 1.25rem); margin-block: 0.75rem 1.25rem; border-block-end: 1px solid var(--line); }
  .tabs a { padding-block: 0.5rem; text-decoration: none; color: var(--soft); }
  .tabs [aria-current=page] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--accent); }
  .scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
  table { inline-size: 100%; border-collapse: collapse; }
  th, td { padding: 0.625rem 0.875rem; text-align: start; vertical-align: top; font-weight: 400; overflow-wrap: normal; }
  thead th { color: var(--soft); font-size: 0.86rem; white-space: nowrap; }
  tbody tr { border-block-start: 1px solid var(--line); }
  td time { white-space: nowrap; }
  td.acts { display: table-cell; white-space: nowrap; }
  td.acts > * + * { margin-inline-start: 0.5rem; }
  .badge { display: inline-block; padding: 0.0625rem 0.5rem; border: 1px solid var(--line); border-radius: 999px; font-size: 0.82rem; white-space: nowrap; }
  .badge.good { color: var(--good); border-color: currentcolor; }
  .badge.bad { color: var(--bad); border-color: currentcolor; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.25rem; }
  dd { margin: 0; }
  .person { margin-block-start: 0; }
  .code { display: flex; flex-wrap: wrap; align-items: start; gap: 0.75rem; margin-block-start: 0.5rem; padding: 0.875rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
  .code + .hint { margin-block-start: 0.5rem; }
  .code pre { flex: 1 1 16rem; min-inline-size: 0; white-space: pre-wrap; line-height: 1.6; }
  dialog { max-inline-size: min(30rem, calc(100vw - 2rem)); padding: 1.5rem; border: 1px solid var(--line); border-radius: 14px; background: var(--card); color: inherit; overflow-wrap: anywhere; }
  dialog::backdrop { background: rgb(0 0 0 / 0.45); }
  dialog h2 { margin-block: 0 0.5rem; }
  dialog label { margin-block-start: 1rem; }
  dialog input { inline-size: 100%; margin-block-start: 0.25rem; }
  dialog .acts { justify-content: end; }
  .code [role=status] { align-self: center; color: var(--soft); }
  .code [role=status]:empty { position: absolute; }
  @media (forced-colors: active) { .tabs [aria-current=page] { border-block-end: 2px solid; } }
  @media (max-width: 30rem) { .row > :is(button, .check) { margin: 0; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-block-end: 0.5rem; } }
`
