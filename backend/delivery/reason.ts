import { Problem } from '../problems.ts'

/** A code or a class of error: never a message, which might hold an address. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Problem) return cause.code
  if (!(cause instanceof Error)) return 'unknown error'
  const code: unknown = Reflect.get(cause, 'code')
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : cause.name
}
