/**
 * Looks: the page's own font and colour scheme, `--linklatch-*` for the rest, `::part()` for everything else (docs/theming.md).
 * Where the browser does not know `light-dark()`, the element takes the page's own colours and an accent that holds on both.
 */
export const styles = /* css */ `
  :host {
    --_gap: var(--linklatch-spacing, 1em);
    --_radius: var(--linklatch-radius, 10px);
    --_text: var(--linklatch-text, light-dark(#16181d, #eef0f5));
    --_accent: var(--linklatch-accent, #2f4fd0);
    --_on-accent: var(--linklatch-accent-text, #fff);
    display: block;
    box-sizing: border-box;
    max-inline-size: 25em;
    border: 1px solid var(--_line);
    border-radius: calc(1.5 * var(--_radius));
    background: var(--linklatch-background, light-dark(#fff, #17191f));
    box-shadow: var(--linklatch-shadow, 0 1px 2px rgb(0 0 0 / 0.05), 0 12px 32px -16px rgb(0 0 0 / 0.18));
  }
  @supports (color: light-dark(red, red)) {
    :host {
      --_accent: var(--linklatch-accent, light-dark(#2f4fd0, #a9bbff));
      --_on-accent: var(--linklatch-accent-text, light-dark(#fff, #10173a));
      --_line: var(--linklatch-border, light-dark(#e1e4ea, #31353f));
      --_muted: var(--linklatch-muted, light-dark(#5a606d, #a6adbb));
      --_error: var(--linklatch-error, light-dark(#b3261e, #ffa79e));
    }
  }
  /* Not on the host, where a page's own rule for everything would win. */
  form {
    padding: clamp(1.25em, 7%, calc(1.75 * var(--_gap)));
    color: var(--_text);
    font-family: var(--linklatch-font, inherit);
    line-height: 1.5;
    text-align: start;
    text-indent: 0;
    /* An address is shown as it was typed. */
    text-transform: none;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  :host([hidden]), [hidden] { display: none !important; }
  *, ::before { box-sizing: border-box; margin: 0; }
  h2 { font-size: 1.375em; font-weight: 650; line-height: 1.25; letter-spacing: -0.012em; text-wrap: balance; outline: none; }
  p { margin-block-start: 0.375em; }
  p, [part='hint'], [part='footer'] { color: var(--_muted); }
  p > bdi { font-weight: 600; color: var(--_text); }
  label { display: block; margin-block: calc(1.25 * var(--_gap)) 0.375em; font-weight: 600; }
  label, [part='hint'], [part='error'], [part~='link'], [part~='delivery'] { font-size: 0.9375em; }
  input, button { font: inherit; padding: 0.5em 0.875em; min-block-size: 2.875em; border: 1px solid transparent; border-radius: var(--_radius); }
  input {
    inline-size: 100%;
    min-inline-size: 0;
    border-color: var(--linklatch-field-border, #838a99);
    background: var(--linklatch-field, light-dark(#fff, #101217));
    color: inherit;
    font-size: max(1em, 16px);
  }
  [part~='code'] { font-variant-numeric: tabular-nums; letter-spacing: 0.12em; }
  input[aria-invalid] { border-color: var(--_error); box-shadow: inset 0 0 0 1px var(--_error); }
  button { cursor: pointer; font-weight: 600; background: none; color: var(--_accent); }
  [part='button'] { inline-size: 100%; margin-block-start: var(--_gap); background: var(--_accent); color: var(--_on-accent); }
  /* No other colour, which might not hold the words. */
  button:hover { text-decoration: underline; text-underline-offset: 0.2em; }
  :is(input, button):focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
  input[readonly], button[aria-disabled] { cursor: default; opacity: 0.6; text-decoration: none; }
  [part='row'], [part='match'], [part='links'] { display: flex; flex-wrap: wrap; gap: 0.5em; }
  /* Where a language's word leaves no room for six digits, the button goes under them; so does what stands beside the number. */
  [part='row'] > input { flex: 9999 1 7.5em; }
  [part='row'] > button { inline-size: auto; flex: 1 0 auto; margin: 0; }
  [part='hint'] { flex: 1 1 6.5em; }
  [part='links'] { gap: 0 1.5em; margin-block: calc(0.5 * var(--_gap)) -0.5em; }
  [part~='link'] { min-block-size: max(2.4em, 24px); padding: 0; border: 0; text-align: start; font-variant-numeric: tabular-nums; }
  [part~='link'][aria-disabled] { opacity: 1; color: var(--_muted); }
  [part='match'] { align-items: center; gap: var(--_gap); margin-block-start: var(--_gap); padding: 0.875em var(--_gap); border: 1px solid var(--_line); border-radius: var(--_radius); }
  [part='number'] { color: var(--_accent); font-size: 2.5em; font-weight: 700; line-height: 1; letter-spacing: 0.04em; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
  [part='error'] { margin-block-start: 0.5em; font-weight: 500; }
  [part='error'], [part~='failed'] { color: var(--_error); }
  [part='note'] { padding-inline-start: 0.75em; border-inline-start: 3px solid var(--_line); margin-block-start: var(--_gap); }
  [part~='delivery']::before { content: ''; display: inline-block; inline-size: 0.5em; block-size: 0.5em; margin-inline-end: 0.5em; border-radius: 50%; background: var(--_accent); vertical-align: 0.08em; }
  [part~='failed']::before { background: var(--_error); }
  [part='placeholder'] { block-size: 7.5em; border-radius: var(--_radius); background: var(--_line); opacity: 0.5; margin-block-start: var(--_gap); }
  ::slotted([slot='footer']) { margin-block: var(--_gap) 0 !important; }
  [part='status'] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  @media (prefers-reduced-motion: no-preference) {
    form > * { animation: in 0.25s ease-out; }
    button, input { transition: opacity 0.15s, border-color 0.15s; }
    [part~='queued']::before, [part~='deferred']::before, [part='placeholder'] { animation: wait 1.2s ease-in-out infinite alternate; }
    @keyframes in { from { opacity: 0.3; transform: translateY(4px); } }
    @keyframes wait { to { opacity: 0.25; } }
  }
  @media (forced-colors: active) {
    [part='button'] { border-color: ButtonText; }
    [part~='link'] { text-decoration: underline; }
    [part~='delivery']::before { border: 0.25em solid; }
  }
`
