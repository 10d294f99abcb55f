/** A question before what cannot be taken back: a dialog of the browser's own, which keeps the focus and closes by Escape. */
import { html, nothing, render } from 'lit'
import type { Question } from './desk.ts'
import { sent } from './parts.ts'

/** Without what nobody sees, and so nobody types: blanks beside blanks, marks of direction. */
const asShown = (text: string): string => text.replace(/\p{Cf}/gu, '').replace(/\s+/g, ' ').trim()

/** True where the press was on `yes`, with `typed` typed where it is asked for. */
export function ask(root: HTMLElement, { question, consequence, yes, typed }: Question): Promise<boolean> {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-labelledby', 'question')
  return new Promise((resolve) => {
    const end = (answer: boolean) => {
      dialog.close()
      dialog.remove()
      resolve(answer)
    }
    const decide = (event: SubmitEvent) => {
      const said = sent(event)('typed')
      if (typed !== undefined && asShown(said) !== asShown(typed)) return
      end(true)
    }
    dialog.addEventListener('close', () => end(false))
    const check = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => input.setCustomValidity(asShown(input.value) === asShown(typed ?? '') ? '' : 'That is something else.')
    const retype = html`<label for="typed">Type <strong>${typed}</strong> to confirm</label><input id="typed" name="typed" @input=${check} autocomplete="off" autocapitalize="none" spellcheck="false" required>`
    render(html`<form @submit=${decide}>
      <h2 id="question">${question}</h2><p>${consequence}</p>
      ${typed === undefined ? nothing : retype}
      <p class="acts"><button type="button" @click=${() => end(false)}>Cancel</button><button class="danger">${yes}</button></p>
    </form>`, dialog)
    root.append(dialog)
    dialog.showModal()
  })
}

/** Takes the question away, unanswered and at once: a page that nobody sees is not told that its dialog was closed. */
export const withdraw = (root: HTMLElement): void => void root.querySelector('dialog')?.dispatchEvent(new Event('close'))
