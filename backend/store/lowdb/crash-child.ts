/** For the crash test: changes the store of the directory in argv from many sides, and prints each answer. It ends when it is killed. */
import { writeSync } from 'node:fs'
import { complete } from '../../sign-in/sign-in.ts'
import { aSession, aSignIn, aUser, bornAt } from '../samples.ts'
import { openLowdbStore } from './store.ts'

const [directory = '', round = '0'] = process.argv.slice(2)
const store = await openLowdbStore({ directory, checkpointBytes: 200_000 })
/** Straight to the pipe: what was printed outlives the kill. */
const say = (...words: unknown[]) => writeSync(1, `${words.join(' ')}\n`)
say('open')

async function worker(worker: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const id = `r${round}w${worker}n${n}`
    const signIn = aSignIn({ id, address: `${id}@example.org` })
    await store.signIns.insert(signIn)
    say('inserted', id)
    await store.signIns.complete(id, () => ({
      next: { signIn: complete(signIn, 'arrival', id, bornAt), user: aUser({ id }), session: aSession({ id, userId: id }) },
      result: 0,
    }))
    say('completed', id)
    if (n % 3 === 0) continue
    await store.signIns.change(id, () => ({ next: null, result: 0 }))
    say('removed', id)
  }
}

await Promise.all(Array.from({ length: 16 }, (_, index) => worker(index)))
