import { css } from 'lit'

/**
 * Looks: the page's own font and colour scheme, `--linklatch-*` for the rest, `::part()` for everything else.
 * The defaults are named once, plain first, then for both schemes where the browser knows `light-dark()`.
 */
export const styles = css`
  :host {
    --_accent: #2b4acb;
    --_accent-text: #fff;
    --_text: #1b1d23;
    --_muted: #5a5f6b;
    --_back: #fff;
    --_field: #fff;
    --_line: #d9dce3;
    --_field-line: #868c99;
    --_error: #b3261e;
    --_gap: var(--linklatch-spacing, 1rem);
    --_radius: var(--linklatch-radius, 10px);
    display: block;
    box-sizing: border-box;
    max-width: 25rem;
    padding: calc(1.5 * var(--_gap));
    border: 1px solid var(--linklatch-border, var(--_line));
    border-radius: calc(1.4 * var(--_radius));
    background: var(--linklatch-background, var(--_back));
    color: var(--linklatch-text, var(--_text));
    font-family: var(--linklatch-font, inherit);
    line-height: 1.5;
    text-align: start;
    overflow-wrap: anywhere;
  }
  @supports (color: light-dark(red, red)) {
    :host {
      --_accent: light-dark(#2b4acb, #a9bbff);
      --_accent-text: light-dark(#fff, #10173a);
      --_text: light-dark(#1b1d23, #eceef3);
      --_muted: light-dark(#5a5f6b, #a8aeba);
      --_back: light-dark(#fff, #191b21);
      --_field: light-dark(#fff, #121419);
      --_line: light-dark(#d9dce3, #343842);
      --_field-line: light-dark(#868c99, #70778a);
      --_error: light-dark(#b3261e, #ffa79e);
    }
  }
  :host([hidden]), [hidden] { display: none !important; }
  * { box-sizing: border-box; }
  h2, p { margin: 0; }
  h2 { font-size: 1.25em; font-weight: 650; line-height: 1.3; letter-spacing: -0.01em; }
  h2:focus { outline: none; }
  p[part~='text'] { margin-block-start: calc(0.25 * var(--_gap)); color: var(--linklatch-muted, var(--_muted)); }
  strong { font-weight: 600; color: var(--linklatch-text, var(--_text)); }
  label { display: block; margin-block: calc(1.25 * var(--_gap)) 0.375rem; font-size: 0.9375em; font-weight: 550; }
  input, button { font: inherit; min-block-size: 2.75rem; border-radius: var(--_radius); }
  input {
    inline-size: 100%;
    min-inline-size: 0;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--linklatch-field-border, var(--_field-line));
    background: var(--linklatch-field, var(--_field));
    color: inherit;
    font-size: max(1em, 16px);
  }
  input[aria-invalid] { border-color: var(--_error); }
  input[readonly] { opacity: 0.7; }
  button { cursor: pointer; }
  button[aria-disabled] { cursor: default; opacity: 0.6; }
  :is(input, button):focus-visible { outline: 3px solid var(--linklatch-accent, var(--_accent)); outline-offset: 2px; }
  [part='button'] {
    inline-size: 100%;
    margin-block-start: var(--_gap);
    padding: 0.5rem 1.25rem;
    border: 1px solid transparent;
    background: var(--linklatch-accent, var(--_accent));
    color: var(--linklatch-accent-text, var(--_accent-text));
    font-weight: 600;
    transition: filter 0.15s;
  }
  [part='button']:not([aria-disabled]):hover { filter: brightness(1.1); }
  [part='row'] { display: flex; gap: 0.5rem; }
  [part='row'] [part='button'] { inline-size: auto; flex: none; margin: 0; }
  [part~='code'] { letter-spacing: 0.12em; font-variant-numeric: tabular-nums; }
  [part='match'] {
    display: flex;
    align-items: center;
    gap: var(--_gap);
    margin-block-start: calc(1.25 * var(--_gap));
    padding: calc(0.75 * var(--_gap)) var(--_gap);
    border: 1px solid var(--linklatch-border, var(--_line));
    border-radius: var(--_radius);
  }
  [part='number'] {
    color: var(--linklatch-accent, var(--_accent));
    font-size: 2.5em;
    font-weight: 700;
    line-height: 1.1;
    letter-spacing: 0.04em;
    font-variant-numeric: tabular-nums;
    overflow-wrap: normal;
  }
  [part='hint'] { font-size: 0.9375em; color: var(--linklatch-muted, var(--_muted)); }
  [part='links'] { display: flex; flex-wrap: wrap; column-gap: 1.25rem; margin-block-start: calc(0.5 * var(--_gap)); }
  [part='link'] {
    padding: 0;
    border: 0;
    background: none;
    color: var(--linklatch-accent, var(--_accent));
    font-size: 0.9375em;
    font-weight: 550;
    font-variant-numeric: tabular-nums;
    text-align: start;
  }
  [part='link'][aria-disabled] { color: var(--linklatch-muted, var(--_muted)); opacity: 1; }
  [part='link']:not([aria-disabled]):hover { text-decoration: underline; text-underline-offset: 0.2em; }
  [part='error'] { margin-block-start: 0.5rem; color: var(--linklatch-error, var(--_error)); font-size: 0.9375em; }
  [part='placeholder'] { opacity: 0.55; padding-block-end: 3.25rem; }
  [part~='bar'] { block-size: 1.5em; inline-size: 75%; border-radius: 4px; background: var(--linklatch-border, var(--_line)); }
  [part='footer'] { display: block; font-size: 0.875em; color: var(--linklatch-muted, var(--_muted)); }
  ::slotted([slot='footer']) { margin-block: var(--_gap) 0 !important; }
  [part='status'] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (forced-colors: active) {
    [part='button'] { border-color: ButtonText; }
    button[aria-disabled] { opacity: 1; color: GrayText; }
  }
  @media (prefers-reduced-motion: reduce) { [part='button'] { transition: none; } }
`
