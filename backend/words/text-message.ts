/** What a text message weighs, and how much of a site's name it has room for. */

/** The letters of GSM 03.38. A text that has any other goes as UTF-16. */
const gsm = /^[\n\r !-Z_a-z£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~\]|€]*$/
/** Those of them that take two places. */
const extended = /[\^{}\\[~\]|€]/

/** How many pieces a text is sent in, each of which is paid for: 160 places of GSM 03.38 or 70 of UTF-16, or 153 and 67 of each where there are more. */
export function piecesOf(text: string): number {
  const isGsm = gsm.test(text)
  const [alone, room] = isGsm ? [160, 153] : [70, 67]
  const widths = Array.from(text, (letter) => (isGsm && extended.test(letter) ? 2 : letter.length))
  if (widths.reduce((sum, width) => sum + width, 0) <= alone) return 1
  let [pieces, used] = [1, 0]
  for (const width of widths) {
    // What takes two places stays in one piece.
    if (used + width > room) [pieces, used] = [pieces + 1, 0]
    used += width
  }
  return pieces
}

const mostPieces = 2
/** UTF-16 units to which a name may be cut: every language that goes as UTF-16 has room for them, and people still see whose code it is. */
const leastUnits = 14

/**
 * A text message with the site's name, which is cut where the text would take a third piece; or, where it takes more in any case (a link does, and a name in
 * another script makes UTF-16 of a language that goes without), one more than those.
 */
export function textMessage(name: string, write: (name: string) => string): string {
  const dots = gsm.test(write(name)) ? '...' : '…'
  const texts = [name, ...cuts(name, dots)].map(write)
  const most = Math.max(mostPieces, piecesOf(texts.at(-1) ?? ''))
  return texts.find((text) => piecesOf(text) <= most) ?? ''
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** From the longest to the shortest. */
function cuts(name: string, dots: string): string[] {
  const letters = Array.from(graphemes.segment(name), ({ segment }) => segment)
  const found: string[] = []
  for (let cut = name; cut.length > leastUnits; found.push(cut)) {
    letters.pop()
    cut = `${letters.join('').trimEnd()}${dots}`
  }
  return found
}
