import { part } from './part.ts'

/** Copies what `text` gives at the moment of the press, and shows a tick for a while, which is said too. */
export function copyOnPress(id: string, text: () => string): void {
  const button = part(id)
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(text()).then(
      () => tick(button),
      () => select(button),
    )
  })
}

function tick(button: HTMLElement): void {
  button.classList.add('copied')
  part('said').textContent = 'Copied.'
  setTimeout(() => {
    button.classList.remove('copied')
    part('said').textContent = ''
  }, 1500)
}

/** Where the clipboard is refused, what was to be copied is at least marked. */
function select(button: HTMLElement): void {
  getSelection()?.selectAllChildren(button.parentElement ?? button)
}
