/** Colours of the mail's button: the site's accent as it is, with text that can be read on it (WCAG 2.2, 1.4.3). */

export type ButtonColors = {
  background: string
  text: string
  /** For dark mode, where a dark accent would vanish into the page. */
  dark: { background: string; text: string }
}

/** The page behind the button in dark mode. */
export const darkCard = '#1c1c1f'

const plain = '#18181b'
const plainInDark = { background: '#fafafa', text: plain }

/** @param accent `#rrggbb`; anything else is the plain near-black */
export function buttonColors(accent: string | undefined): ButtonColors {
  const background = accent && /^#[0-9a-f]{6}$/i.test(accent) ? accent.toLowerCase() : plain
  const text = readableOn(background)
  // 3:1 is what the outline of a control has to have (WCAG 2.2, 1.4.11).
  return { background, text, dark: contrast(background, darkCard) >= 3 ? { background, text } : plainInDark }
}

/** White where it reaches 4.5:1, otherwise black, which then always does. */
function readableOn(background: string): string {
  return contrast('#ffffff', background) >= 4.5 ? '#ffffff' : '#000000'
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}
