import { Problem } from '../problems.ts'

/** A code or a class of error: never a message, which might hold an address. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Problem) return cause.code
  return cause instanceof Error ? cause.name : 'unknown error'
}
