import { field } from './bridge-messages.ts'

/** Bytes, text and base64url (RFC 4648, section 5). */
export const textBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

export const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+/=]/g, (char) => ({ '+': '-', '/': '_' })[char] ?? '')

/** So many random bytes, as base64url. */
export const random = (bytes: number): string => base64url(crypto.getRandomValues(new Uint8Array(bytes)))

/** The S256 challenge of a verifier (RFC 7636, section 4.2). */
export const challengeOf = async (verifier: string): Promise<string> => base64url(await crypto.subtle.digest('SHA-256', textBytes(verifier)))

/** One JSON part of a compact JWT, unverified: only to find our own things by. */
export function jwtPart(token: string, index: 0 | 1, name: string): string | undefined {
  try {
    const value = field(JSON.parse(atob((token.split('.')[index] ?? '').replace(/-/g, '+').replace(/_/g, '/'))), name)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
