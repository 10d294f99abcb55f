/** Pieces that the screens share. All text is escaped by Lit; no address but the console's own fragments becomes a link (R60, R61). */
import { html, nothing, type TemplateResult } from 'lit'
import type { Fault } from './admin-api.ts'
import type { Listing } from './listing.ts'

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** @param seconds since the epoch */
export function moment(seconds: number | undefined, never = 'never'): TemplateResult {
  if (seconds === undefined) return html`<span class="soft">${never}</span>`
  const date = new Date(seconds * 1000)
  return html`<time datetime=${date.toISOString()}>${moments.format(date)}</time>`
}

export const badge = (text: string, tone: 'plain' | 'good' | 'bad' = 'plain'): TemplateResult => html`<span class="badge ${tone}">${text}</span>`

/** Scrolls by itself where the window is narrow, by the keyboard too. */
export function table(caption: string, heads: string[], rows: TemplateResult[]): TemplateResult {
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${caption}>
    <table>
      <thead><tr>${heads.map((head) => html`<th scope="col">${head === '' ? html`<span class="unseen">What to do</span>` : head}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`
}

/** A list as a table, its next page, or the sentence that there is nothing. */
export function listed<Item>(list: Listing<Item>, { caption, heads, row, none, more }: { caption: string; heads: string[]; row: (item: Item) => TemplateResult; none: string; more: () => void }): TemplateResult {
  if (list.items.length === 0) return html`<p class="none">${none}</p>`
  return html`${table(caption, heads, list.items.map(row))}
    ${list.hasMore ? html`<p><button type="button" @click=${more}>Show more</button></p>` : nothing}`
}

export type Field = {
  name: string
  label: string
  hint?: string
  value?: string
  type?: string
  required?: boolean
  /** More than one line: one entry each. */
  rows?: number
  choices?: readonly (readonly [value: string, label: string])[]
  /** Of a field with choices: what to mind where this one is made. */
  mind?: (value: string) => string
}

/** A labelled control, with what was wrong with it. Its faults are those of `name` and of what is below it: `origins.1` is the second entry of `origins`, which an empty line is none of. */
export function field(of: Field, faults: readonly Fault[]): TemplateResult {
  const { name, label, hint } = of
  const wrong = faults.filter((fault) => fault.field === name || fault.field.startsWith(`${name}.`)).map((fault) => inWords(fault, name))
  const described = [hint && `${name}-hint`, wrong.length > 0 && `${name}-fault`].filter(Boolean).join(' ')
  return html`<div class="field">
    <label for=${name}>${label}</label>
    ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
    ${control(of, described, wrong.length > 0)}
    ${of.mind ? html`<p class="mind" role="status"></p>` : nothing}
    ${wrong.length > 0 ? html`<p class="fault" id="${name}-fault">${wrong.join('. ')}.</p>` : nothing}
  </div>`
}

function inWords({ field: path, words }: Fault, name: string): string {
  const line = /^\d+$/.exec(path.slice(name.length + 1))?.[0]
  return line === undefined ? `It ${words}` : `Entry ${Number(line) + 1} ${words}`
}

function control({ name, value = '', type = 'text', required = false, rows, choices, mind }: Field, described: string, invalid: boolean): TemplateResult {
  const about = described || nothing
  const wrong = invalid ? 'true' : nothing
  if (choices) {
    const tell = ({ currentTarget: select }: { currentTarget: HTMLSelectElement }) => mind && ((select.nextElementSibling as HTMLElement).textContent = mind(select.value))
    return html`<select id=${name} name=${name} @change=${tell} aria-describedby=${about} aria-invalid=${wrong}>
      ${choices.map(([each, label]) => html`<option value=${each} ?selected=${each === value}>${label}</option>`)}
    </select>`
  }
  if (rows) return html`<textarea id=${name} name=${name} rows=${rows} .value=${value} ?required=${required} aria-describedby=${about} aria-invalid=${wrong} spellcheck="false" autocapitalize="none"></textarea>`
  return html`<input id=${name} name=${name} type=${type} step="any" .value=${value} ?required=${required} aria-describedby=${about} aria-invalid=${wrong} autocomplete="off" spellcheck="false" autocapitalize="none">`
}

/** What is wrong and belongs to none of these fields. */
export const otherFaults = (faults: readonly Fault[], names: readonly string[]): string =>
  faults.filter(({ field: path }) => !names.some((name) => path === name || path.startsWith(`${name}.`))).map(({ field: path, words }) => `${path || 'the request'} ${words}`).join('; ')

/** The filled-in form, and nothing sent by the browser. */
export function sent(event: SubmitEvent): (name: string) => string {
  event.preventDefault()
  const data = new FormData(event.currentTarget as HTMLFormElement)
  return (name) => {
    const value = data.get(name)
    return typeof value === 'string' ? value : ''
  }
}

/** One entry a line. */
export const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)

/** There is none over plain http, but for loopback. */
const clipboard = async (text: string): Promise<void> => navigator.clipboard.writeText(text)

/** A text to take along, and the button that does. */
export function copyable(text: string, label: string): TemplateResult {
  const copy = async (event: Event) => {
    const button = event.currentTarget as HTMLButtonElement
    const status = button.nextElementSibling as HTMLElement
    const said = await clipboard(text).then(() => 'Copied', () => 'Select it and copy')
    status.textContent = said
    setTimeout(() => (status.textContent = ''), 4000)
  }
  return html`<div class="code"><pre tabindex="0" role="region" aria-label=${label}>${text}</pre><button type="button" @click=${copy}>Copy</button><span role="status"></span></div>`
}

/** Gives the text as a file. */
export function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href))
}
