/**
 * Looks: the page's own font and colour scheme, `--linklatch-*` for the rest, `::part()` for everything else.
 * Where the browser does not know `light-dark()`, the element takes the page's own colours and an accent that holds on both.
 */
export const styles = /* css */ `
  :host {
    --_gap: var(--linklatch-spacing, 1rem);
    --_radius: var(--linklatch-radius, 10px);
    --_text: var(--linklatch-text, light-dark(#1b1d23, #eceef3));
    --_accent: var(--linklatch-accent, #2b4acb);
    --_on-accent: var(--linklatch-accent-text, #fff);
    display: block;
    box-sizing: border-box;
    max-width: 25rem;
    padding: calc(1.5 * var(--_gap));
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--linklatch-background, light-dark(#fff, #191b21));
    color: var(--_text);
    font-family: var(--linklatch-font, inherit);
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  @supports (color: light-dark(red, red)) {
    :host {
      --_accent: var(--linklatch-accent, light-dark(#2b4acb, #a9bbff));
      --_on-accent: var(--linklatch-accent-text, light-dark(#fff, #10173a));
      --_line: var(--linklatch-border, light-dark(#d9dce3, #343842));
      --_muted: var(--linklatch-muted, light-dark(#5a5f6b, #a8aeba));
      --_error: var(--linklatch-error, light-dark(#b3261e, #ffa79e));
    }
  }
  :host([hidden]), [hidden] { display: none !important; }
  * { box-sizing: border-box; margin: 0; }
  h2 { font-size: 1.25em; line-height: 1.3; outline: none; }
  p, [part='footer'] { color: var(--_muted); }
  p { margin-block-start: 0.25rem; }
  strong { font-weight: 600; color: var(--_text); }
  label { display: block; margin-block: var(--_gap) 0.375rem; font-weight: 600; }
  label, [part='hint'], [part='error'], [part='link'] { font-size: 0.9375em; }
  input, button { font: inherit; padding: 0.5rem 0.75rem; min-block-size: 2.75rem; border: 1px solid transparent; border-radius: var(--_radius); }
  input {
    inline-size: 100%;
    min-inline-size: 0;
    border-color: var(--linklatch-field-border, #808796);
    background: var(--linklatch-field, light-dark(#fff, #121419));
    color: inherit;
    font-size: max(1em, 16px);
  }
  input[aria-invalid] { border-color: var(--_error); }
  button { cursor: pointer; font-weight: 600; background: none; color: var(--_accent); }
  [part='button'] { inline-size: 100%; margin-block-start: var(--_gap); background: var(--_accent); color: var(--_on-accent); }
  button:hover { filter: brightness(1.1); }
  :is(input, button):focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
  input[readonly], button[aria-disabled] { cursor: default; opacity: 0.6; }
  [part='row'], [part='match'], [part='links'] { display: flex; gap: 0.5rem; }
  [part='row'] > button { inline-size: auto; flex: none; margin: 0; }
  [part='links'] { flex-wrap: wrap; gap: 0 1.25rem; margin-block: calc(0.5 * var(--_gap)) -0.5rem; }
  [part='link'] { padding: 0; border: 0; text-align: start; font-variant-numeric: tabular-nums; }
  [part='link'][aria-disabled] { opacity: 1; color: var(--_muted); }
  [part='match'] { align-items: center; gap: var(--_gap); margin-block-start: var(--_gap); padding: 0.75rem var(--_gap); border: 1px solid var(--_line); border-radius: var(--_radius); }
  [part='number'] { color: var(--_accent); font-size: 2.5em; font-weight: 700; line-height: 1; overflow-wrap: normal; }
  [part='hint'] { color: var(--_muted); }
  [part='error'] { margin-block-start: 0.5rem; }
  [part='error'], [part~='failed'] { color: var(--_error); }
  [part='placeholder'] { opacity: 0.5; padding-block-end: 3.25rem; }
  [part~='bar'] { block-size: 1.5em; inline-size: 75%; border-radius: 4px; background: var(--_line); }
  ::slotted([slot='footer']) { margin-block: var(--_gap) 0 !important; }
  [part='status'] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  @media (forced-colors: active) { [part='button'] { border-color: ButtonText; } }
`
