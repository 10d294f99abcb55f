import { SignIn } from './sign-in'

export const dynamic = 'force-dynamic'

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const { next } = await searchParams
  return (
    <main>
      <h1>Sign in</h1>
      <SignIn next={pathOn(next)} />
    </main>
  )
}

/** A path of this site and nothing else: `//evil.example` is another one's. */
function pathOn(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/dashboard'
}
