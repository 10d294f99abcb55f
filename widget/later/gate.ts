/** Where the slot that held the focus goes: what takes its place gets it, unless the page has moved it by itself. */
import type { ClientElement, Extra, Html } from '../client-element.ts'

/** Hears each drawing of the gate before it is done. */
export function gateOf(gate: ClientElement, html: Html): Extra {
  let was: string | undefined
  return () => {
    const slot = gate.state.session ? 'signed-in' : 'signed-out'
    const held = gate.contains((gate.getRootNode() as Document | ShadowRoot).activeElement)
    // Not before what is shown now has drawn the same step.
    if (was && was !== slot && held) setTimeout(() => goOn(gate, slot))
    was = slot
    return html``
  }
}

function goOn(gate: ClientElement, slot: string): void {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  if (at && at !== document.body && at.getClientRects().length) return
  const shown = gate.querySelector<HTMLElement>(`:scope > [slot=${slot}]`)
  const form = shown?.matches('linklatch-sign-in') ? (shown as ClientElement) : shown?.querySelector('linklatch-sign-in')
  const next = form?.root.querySelector<HTMLElement>('[data-focus]') ?? shown
  if (next && next.tabIndex < 0) next.tabIndex = -1
  next?.focus()
}
