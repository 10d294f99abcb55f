/** What helps in `<linklatch-sign-in>` beyond the form: another spelling of the address, the way to the mailbox, what to do when no mail comes. */
import type { Html } from '../client-element.ts'
import type { LinklatchSignIn } from '../sign-in/sign-in-element.ts'
import { mailboxOf } from './mailboxes.ts'
import { sheetOf } from './sheet.ts'

const spelling = (): Promise<typeof import('./suggest.ts')> => import('./suggest.ts')

const styles = /* css */ `
  [part~='suggestion'] { display: block; margin-block-start: 0.5em; text-align: start; }
  [part='mailbox'] { display: flex; align-items: center; justify-content: center; gap: 0.5em; min-block-size: 2.75em; margin-block-start: var(--_gap); border: 1px solid var(--_line); border-radius: var(--_radius); color: inherit; font-weight: 600; text-decoration: none; }
  [part='mailbox']:hover { border-color: currentColor; }
  [part='help'] { margin-block-start: 0.5em; font-size: 0.9375em; }
  summary { padding-block: max(0.45em, 6px); color: var(--_muted); cursor: pointer; }
  :is(a, summary):focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; border-radius: 4px; }
`

/** Under the button, so that nothing is covered or moves away under a finger. */
export function extraOf(element: LinklatchSignIn, html: Html): () => ReturnType<Html> {
  let suggestion = ''
  const { root } = element
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheetOf(styles)]
  const say = (words = ''): void => root.querySelector('[part=status]')?.replaceChildren(words)
  const look = async (): Promise<void> => {
    if (element.state.phase.name !== 'ask') return
    suggestion = (await spelling()).suggest(element.field)
    element.redraw()
    await element.updateComplete
    if (suggestion) say(root.querySelector('[part~=suggestion]')?.textContent)
  }
  root.addEventListener('change', () => void look().catch(() => {}))
  root.addEventListener('input', () => {
    if (suggestion) say()
    suggestion = ''
  })
  const use = (): void => {
    const wanted = suggestion
    suggestion = ''
    element.client?.cancel()
    element.send(wanted)
  }
  return () => {
    const { state: { phase }, words } = element
    const [before, after] = (words.didYouMean ?? '').split('{}')
    const hint = suggestion && phase.name !== 'signed-in' ? html`<button part="link suggestion" type="button" @click=${use}>${before}<bdi>${suggestion}</bdi>${after}</button>` : ''
    if (phase.name !== 'waiting') return html`${hint}`
    if (!phase.waiting.address.includes('@')) return html`${hint}`
    const mailbox = phase.waiting.delivery === 'failed' ? undefined : mailboxOf(phase.waiting.address)
    return html`${hint}
      ${mailbox ? html`<a part="mailbox" href=${mailbox.url} target="_blank" rel="noopener noreferrer">${words.openMailbox?.replace('{}', mailbox.name)}</a>` : ''}
      <details part="help"><summary>${words.noMail}</summary><p part="help-text">${words.noMailText}</p></details>`
  }
}
