/** Runs before every page under /dashboard (Next.js up to 15 calls this file middleware.ts): no session, no page. */
import { NextResponse, type NextRequest } from 'next/server'
import { cookieName, personOf } from './lib/session'

export async function proxy(request: NextRequest): Promise<NextResponse> {
  if (await personOf(request.cookies.get(cookieName)?.value)) return NextResponse.next()
  const signIn = new URL('/sign-in', request.url)
  signIn.searchParams.set('next', request.nextUrl.pathname)
  return NextResponse.redirect(signIn)
}

export const config = { matcher: '/dashboard/:path*' }
