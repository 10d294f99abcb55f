/** Turns the page's access token into a cookie of this host, and takes it away again. */
import { cookies } from 'next/headers'
import { cookieName, personOf } from '../../../lib/session'

/** The token comes in a header that no other site can send, so this cannot be forged from elsewhere. */
export async function POST(request: Request): Promise<Response> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const person = await personOf(token)
  if (token === undefined || person === null) return Response.json({ error: 'unauthorized' }, { status: 401 })
  const maxAge = Math.max(1, person.exp - Math.floor(Date.now() / 1000))
  const secure = new URL(request.url).protocol === 'https:'
  ;(await cookies()).set(cookieName, token, { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge })
  return new Response(null, { status: 204 })
}

export async function DELETE(): Promise<Response> {
  ;(await cookies()).delete(cookieName)
  return new Response(null, { status: 204 })
}
