/** HTML that escapes by default: a text becomes markup only by `raw`. Quote every attribute; never put a value into a script. */

/** A piece of markup. Only `html` and `raw` make one, so that a text can never pass for it. */
class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

export type { Html }

/** What may stand in a template: texts and numbers are escaped, arrays joined; nothing, `null` and `false` leave nothing. */
export type Part = Html | string | number | null | undefined | false | readonly Part[]

/** `` html`<p title="${text}">${parts}</p>` `` → markup (R60). */
export function html(literal: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(literal.map((text, index) => `${text}${render(parts[index])}`).join(''))
}

/** Markup that this program wrote itself, such as a stylesheet. Never anything from outside. */
export function raw(trusted: string): Html {
  return new Html(trusted)
}

function render(part: Part): string {
  if (part === undefined || part === null || part === false) return ''
  if (part instanceof Html) return part.toString()
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  return part.map(render).join('')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
