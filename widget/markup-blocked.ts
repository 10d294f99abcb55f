/**
 * Where the page's policy lets Lit make no markup (Trusted Types without Lit's name in the list), nothing can be drawn as usual: one sentence
 * says what the owner has to add, as bare text, and once in the console.
 */
const sentence = 'Sign-in is not set up for this page: add lit-html to trusted-types in its Content-Security-Policy.'
let said = ''

/** Says it in place of what could not be drawn. Anything else that was thrown is thrown on. */
export function sayMarkupBlocked(root: ShadowRoot, thrown: unknown): void {
  if (!(thrown instanceof TypeError && 'trustedTypes' in globalThis)) throw thrown
  root.textContent = sentence
  if (said !== sentence) console.warn('[linklatch]', (said = sentence))
}
