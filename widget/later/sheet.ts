const sheets = new Map<string, CSSStyleSheet>()

/** A constructed sheet, which passes a policy without `style-src`; each is made once. */
export function sheetOf(text: string): CSSStyleSheet {
  const made = sheets.get(text) ?? new CSSStyleSheet()
  if (!sheets.has(text)) made.replaceSync(text)
  sheets.set(text, made)
  return made
}
