import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aSignIn } from '../samples.ts'
import { silentLog } from './log.ts'
import { Watchers } from './watchers.ts'

describe('watchers', () => {
  it('leave nothing behind when they stop, and may stop while they are told', () => {
    const watchers = new Watchers(silentLog)
    let told = 0
    const stop = watchers.watch('sign-in-1', () => {
      told += 1
      stop()
      stop()
    })
    const stopOther = watchers.watch('sign-in-1', () => (told += 1))
    watchers.tell(aSignIn())
    stopOther()
    watchers.tell(aSignIn())
    assert.deepEqual([told, watchers.size], [2, 0])
  })

  it('hear of it in the log when one of them throws, and the others are told', () => {
    const errors: object[] = []
    const watchers = new Watchers({ ...silentLog, error: (fields) => errors.push(fields) })
    const err = new Error('mine')
    watchers.watch('sign-in-1', () => { throw err })
    watchers.tell(aSignIn())
    assert.deepEqual(errors, [{ err }])
  })
})
