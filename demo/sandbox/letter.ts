/** A letter as the sandbox's inbox shows it: with the code and the link that a person would look for in it. */
import type { KeptLetter } from '../../backend/delivery/outbox.ts'

export type SandboxLetter = Pick<KeptLetter, 'number' | 'to' | 'subject' | 'text' | 'keptAt'> & { code: string; link: string }

export function readLetter({ number, to, subject, text, keptAt }: KeptLetter, server: string): SandboxLetter {
  return { number, to, subject, text, keptAt, code: codeIn(text), link: linkIn(text, server) }
}

/** Six digits, with or without a gap in the middle; empty where there are none. */
export function codeIn(text: string): string {
  return /(?<![\w.-])\d{3}[ \u00a0-]?\d{3}(?![\w-])/.exec(text)?.[0] ?? ''
}

/** The sign-in link of that server; empty where there is none. */
export function linkIn(text: string, server: string): string {
  const links = text.match(/https?:\/\/[^\s<>"]+/g) ?? []
  return links.find((link) => link.startsWith(`${server}/link?token=`)) ?? ''
}
