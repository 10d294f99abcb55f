/** The package as somebody else's code meets it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'

it('an import on a server does nothing, and nobody is signed in', async () => {
  // Resolved through the package's own `exports`; not by the type checker, which runs before anything is built.
  const itself: string = 'linklatch'
  const { ready, session, user, getToken, onChange, signIn, signOut } = await import(itself)
  assert.deepEqual([await ready, session, user, await getToken()], [null, null, null, null])
  onChange(() => assert.fail('nothing changes here'))()
  await signOut()
  await assert.rejects(signIn({ email: 'ada@example.org' }), TypeError)
})
