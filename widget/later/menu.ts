/** How the account's menu opens and closes. */

/** In pixels, to the window's edge. */
const margin = 8

/** It hangs from the end of its line, and moves from there where the window has no room for it: the line may stand anywhere. */
function keepInSight(panel: HTMLElement): void {
  panel.style.translate = ''
  const { left, right } = panel.getBoundingClientRect()
  const room = document.documentElement.clientWidth - margin - right
  panel.style.translate = `${Math.max(margin - left, Math.min(0, room))}px`
}

export function close(root: ShadowRoot): ShadowRoot {
  root.querySelector('details')?.removeAttribute('open')
  return root
}

/**
 * It lies over the page, so it closes where the focus goes on to the page (WCAG 2.2, 2.4.11), or the page is pressed. Escape gives the focus back.
 * @returns what hears `toggle`; `opened` is called when it opens
 */
export function menuIn(root: ShadowRoot, opened: () => unknown): (event: Event) => void {
  const pressed = (event: Event): void => {
    if (!event.composedPath().includes(root)) close(root)
  }
  root.addEventListener('focusout', (event) => {
    const next = event instanceof FocusEvent ? event.relatedTarget : null
    // WebKit's buttons take no focus when they are pressed: it goes to what is around them, if that takes any, and the press is still to come.
    if (next instanceof Node && !root.contains(next) && !event.composedPath().includes(next)) close(root)
  })
  root.addEventListener('keydown', (event) => event instanceof KeyboardEvent && event.key === 'Escape' && close(root).querySelector('summary')?.focus())
  return ({ target }) => {
    if (!(target instanceof HTMLDetailsElement)) return
    if (!target.open) return removeEventListener('pointerdown', pressed)
    addEventListener('pointerdown', pressed)
    const panel = target.querySelector<HTMLElement>('[part=panel]')
    if (panel) keepInSight(panel)
    opened()
  }
}
