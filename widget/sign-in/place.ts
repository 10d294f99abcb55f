import type { Place } from '../start-sign-in.ts'

/** Which backend and site an element names; `undefined` for a `server` that is no http(s) address (R61). */
export function placeOf({ server, site }: { server: string | undefined; site: string | undefined }): Partial<Place> | undefined {
  const named = site ? { site } : {}
  if (!server) return named
  try {
    const { protocol, origin } = new URL(server, location.href)
    return /^https?:$/.test(protocol) ? { ...named, server: origin } : undefined
  } catch {
    return undefined
  }
}
