/** Digits as keyboards write them: ours, those of Arabic and Persian, and in full width. As a part of a regular expression's class. */
export const anyDigit = '0-9٠-٩۰-۹０-９'

/** With our digits in their place. Each block of ten begins at a multiple of 16. */
export const withPlainDigits = (typed: string): string => typed.replace(new RegExp(`[${anyDigit}]`, 'g'), (digit) => String(digit.charCodeAt(0) & 15))
