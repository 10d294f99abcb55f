/** The one element with that id; the page is wrong where there is none. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new TypeError(`no #${id} on this page`)
  return found
}

export function frame(id: string): HTMLIFrameElement {
  const found = part(id)
  if (!(found instanceof HTMLIFrameElement)) throw new TypeError(`#${id} is no frame`)
  return found
}
