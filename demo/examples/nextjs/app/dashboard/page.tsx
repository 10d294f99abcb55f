import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { cookieName, personOf } from '../../lib/session'
import { SignOut } from './sign-out'

export default async function Dashboard() {
  // proxy.ts has asked already; a page that shows something private asks for itself too.
  const person = await personOf((await cookies()).get(cookieName)?.value)
  if (!person) redirect('/sign-in?next=/dashboard')
  return (
    <main>
      <h1>Dashboard</h1>
      <p id="welcome">Signed in as {person.email}</p>
      <SignOut />
    </main>
  )
}
