import { verifySession, type SessionClaims } from 'linklatch/verify'

/** The host's own cookie: it holds the access token, so it is worth something for five minutes at most. */
export const cookieName = 'session'

const issuer = process.env.LINKLATCH_SERVER ?? 'http://localhost:4600'

function audience(): string {
  const site = process.env.LINKLATCH_SITE
  if (!site) throw new Error('LINKLATCH_SITE is not set: it takes the id of your site, from `linklatch sites list`')
  return site
}

/** Who a token belongs to, or null where it is not good (any more). */
export async function personOf(token: string | undefined): Promise<SessionClaims | null> {
  if (token === undefined) return null
  return verifySession(token, { issuer, audience: audience() }).catch((error: unknown) => {
    console.warn('session refused:', error instanceof Error ? error.message : error)
    return null
  })
}
