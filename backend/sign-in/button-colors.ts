/** Colours of the main button, in the mail and on the pages: the site's accent where it is seen, with text that can be read on it (WCAG 2.2, 1.4.3). */

export type ButtonColors = {
  background: string
  text: string
  /** For dark mode. */
  dark: { background: string; text: string }
}

/** What is behind the button. */
export const lightCard = '#ffffff'
export const darkCard = '#1c1c1f'

const plain = '#18181b'
const plainInDark = '#fafafa'

/** @param accent `#rrggbb`; anything else is the plain near-black */
export function buttonColors(accent: string | undefined): ButtonColors {
  return { ...colorsOn(lightCard, accent, plain), dark: colorsOn(darkCard, accent, plainInDark) }
}

/** 3:1 is what the outline of a control has to have (WCAG 2.2, 1.4.11). */
function colorsOn(card: string, accent: string | undefined, otherwise: string): Omit<ButtonColors, 'dark'> {
  const isVisible = accent !== undefined && /^#[0-9a-f]{6}$/i.test(accent) && contrast(accent, card) >= 3
  const background = isVisible ? accent.toLowerCase() : otherwise
  return { background, text: readableOn(background) }
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
