/** The account's menu: the same properties as the form's. It hangs over the page. */
export const accountStyles = /* css */ `
  :host {
    --_line: var(--linklatch-border, light-dark(#e3e5ea, #30343e));
    --_muted: var(--linklatch-muted, light-dark(#5c6270, #a5acba));
    --_accent: var(--linklatch-accent, light-dark(#2f4fd0, #a9bbff));
    display: inline-block;
    position: relative;
  }
  /* Not on the host, where a page's own rule for everything would win. Who is signed in stands on the page itself, in its colour. */
  details {
    color: var(--linklatch-text, inherit);
    font-family: var(--linklatch-font, inherit);
    line-height: 1.4;
    /* Headers have wishes of their own for one line of text, and here is more. */
    text-align: start;
    text-indent: 0;
    text-transform: none;
    white-space: normal;
  }
  :host([hidden]), [hidden] { display: none !important; }
  * { box-sizing: border-box; margin: 0; }
  summary { display: flex; align-items: center; gap: 0.625em; min-block-size: 2.75em; cursor: pointer; list-style: none; border-radius: var(--linklatch-radius, 12px); }
  summary::-webkit-details-marker { display: none; }
  [part='avatar'] { display: grid; flex: none; place-items: center; inline-size: 2.6em; block-size: 2.6em; border-radius: 50%; background: var(--_accent); color: var(--linklatch-accent-text, light-dark(#fff, #10173a)); font-weight: 600; font-size: 0.875em; }
  [part='address'] { overflow-wrap: anywhere; }
  [part='panel'] {
    position: absolute;
    z-index: 10;
    inset-inline-end: 0;
    inline-size: min(20em, 90vw);
    /* In a header that stays, what is below the window could not be scrolled to. */
    max-block-size: max(10em, calc(100vh - 6em));
    overflow: auto;
    margin-block-start: 0.375em;
    padding: 0.5em;
    border: 1px solid var(--_line);
    border-radius: var(--linklatch-radius, 12px);
    background: var(--linklatch-background, light-dark(#fff, #17191f));
    color: var(--linklatch-text, light-dark(#16181d, #eceef3));
    box-shadow: 0 12px 32px rgb(0 0 0 / 0.16);
  }
  h2 { padding: 0.375em 0.625em; font-size: 0.8125em; font-weight: 600; color: var(--_muted); }
  ul { list-style: none; padding: 0; margin-block-end: 0.375em; border-block-end: 1px solid var(--_line); }
  li { display: flex; align-items: center; justify-content: space-between; gap: 0.5em; padding: 0.25em 0.625em; font-size: 0.9375em; }
  small { display: block; color: var(--_muted); }
  button { display: block; inline-size: 100%; min-block-size: max(2.5em, 24px); padding: 0.375em 0.625em; border: 0; border-radius: 8px; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer; }
  button:hover { background: color-mix(in srgb, currentColor 8%, transparent); }
  [part~='end'] { inline-size: auto; flex: none; color: var(--_accent); font-weight: 600; }
  [part~='danger'], [part='error'] { color: var(--linklatch-error, light-dark(#b3261e, #ffa79e)); }
  p { padding: 0.375em 0.625em; font-size: 0.9375em; }
  p:empty { display: none; }
  :is(summary, button):focus-visible { outline: 3px solid var(--_accent); outline-offset: 1px; }
  summary:focus-visible { outline-color: currentColor; }
`
