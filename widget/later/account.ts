/** What `<linklatch-user>` draws: who is signed in, and the account's menu, which asks A with the person's own token. */
import type { Html } from '../client-element.ts'
import { sentenceOf } from '../complaints.ts'
import type { Words } from '../messages/messages.ts'
import { duration } from '../messages/words.ts'
import type { Refusal } from '../refusal.ts'
import type { LinklatchUser } from '../user/user-element.ts'
import { Account } from './account-calls.ts'
import { accountStyles } from './account-styles.ts'
import { close, menuIn } from './menu.ts'
import { sheetOf } from './sheet.ts'

type Template = ReturnType<Html>
const moment = (seconds: number, lang: string): string => new Date(seconds * 1000).toLocaleString(lang, { dateStyle: 'medium', timeStyle: 'short' })

/** What A says in English, in the language of the menu: two names of its own lists, or that it is unknown. */
function browserIn(words: Words, said: string): string {
  const [name = '', system, more] = said.split(' on ')
  if (!name || name === 'a browser') return words.unknownBrowser ?? ''
  return system && !more && words.browserOn ? words.browserOn.replace('{name}', name).replace('{system}', system) : said
}

/** Two letters of an address: `ann.bee@example.com` is AB. */
export const initialsOf = (address: string): string =>
  (address.split('@')[0] ?? '').split(/[._+-]+/).filter(Boolean).slice(0, 2).map((part) => [...part][0]?.toUpperCase()).join('')

/** As it stood when it was refused: the menu counts no seconds. */
const complaint = ({ code, retryAfterSeconds = 0 }: Refusal, { client, words }: LinklatchUser): string =>
  sentenceOf(code, client?.server ?? '', words).replace('{s}', duration(retryAfterSeconds, words))

/** What held the focus may be gone after a press: an ended session, the answered question, the menu itself after sign-out. */
function keepFocus(root: ShadowRoot): void {
  const had = root.activeElement
  // Beside it, where a component of the page holds both.
  const form = () => [root.host.getRootNode() as ParentNode, document].map((where) => where.querySelector('linklatch-sign-in')).find(Boolean)?.root
  const places = (): [ParentNode | undefined, string][] => [[root, '[data-focus]'], [root, 'summary'], [form(), '[data-focus]']]
  const goOn = (): void => places().map(([where, what]) => where?.querySelector<HTMLElement>(what)).find(Boolean)?.focus()
  // Not before the page's other elements have drawn the same step.
  if (had) setTimeout(() => had.isConnected || goOn())
}

export function accountOf(element: LinklatchUser, html: Html): () => Template {
  const { root } = element
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheetOf(accountStyles)]
  const fresh = (): Account => new Account(() => element.client, () => element.redraw())
  let account = fresh()
  let whose = element.state.session?.user.id
  /** What one person left, and what is still under way for them, is not shown to the next. */
  const beginAnew = (id: string | undefined): void => {
    whose = id
    account = fresh()
    close(root)
  }
  const toggled = menuIn(root, () => account.load())
  const item = (text: string | undefined, press: () => unknown, part = 'item'): Template => html`<button part=${part} type="button" @click=${press}>${text}</button>`
  const session = ({ sid, current, browser, last_seen_at: seen }: Account['sessions'][number]): Template => html`<li part="session">
    <span id=${sid}>${browserIn(element.words, browser)} <small>${current ? element.words.thisSession : moment(seen, element.words.lang)}</small></span>
    ${current ? '' : html`<button part="item end" type="button" id="end-${sid}" aria-labelledby="end-${sid} ${sid}" @click=${() => account.end(sid)}>${element.words.endSession}</button>`}</li>`
  const erase = (): Template => {
    const { words } = element
    if (!account.erasing) return item(words.erase, () => account.ask(true), 'item danger')
    return html`<p part="text" tabindex="-1" data-focus>${words.eraseSure}</p>${item(words.eraseNow, () => account.erase(), 'item danger')}${item(words.keep, () => account.ask(false))}`
  }
  return () => {
    const { state: { session: signedIn }, words } = element
    keepFocus(root)
    if (signedIn?.user.id !== whose) beginAnew(signedIn?.user.id)
    if (!signedIn) return html``
    const name = signedIn.user.email ?? signedIn.user.phone ?? ''
    return html`<details part="menu" lang=${words.lang} dir=${words.dir} @toggle=${toggled}>
      <summary part="user"><span part="avatar" aria-hidden="true">${initialsOf(name)}</span><bdi part="address">${name}</bdi></summary>
      <div part="panel">
        <h2 part="heading" ?hidden=${!account.sessions.length}>${words.sessions}</h2><ul part="sessions">${account.sessions.map(session)}</ul>
        ${item(words.download, () => account.download())}
        ${item(words.signOut, () => account.signOut(false))}
        ${item(words.signOutEverywhere, () => account.signOut(true))}
        ${erase()}
        <p part="error" role="alert">${account.problem && complaint(account.problem, element)}</p>
      </div></details>`
  }
}
