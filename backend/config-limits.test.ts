import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseLimits } from './config-limits.ts'
import { Wrong } from './config-values.ts'

const whole = fc.integer({ min: 1, max: 1_000_000_000 })

describe('LINKLATCH_LIMITS', () => {
  it('takes every pair of whole numbers from 1', () => {
    fc.assert(fc.property(whole, whole, (max, seconds) => {
      assert.deepEqual(parseLimits(`code.site=${max}/${seconds}`).limits['code.site'], { max, seconds })
    }))
  })

  it('takes the defaults, written out', () => {
    const text = 'start.address=5/600,start.address_ip=3/600,start.ip=20/600,start.site=1000/3600,start.mark=3/3600,start.marked=6/3600,code.address=10/86400,code.site=300/600,export.user=10/3600,admin.ip=20/600,streams.ip=60'
    assert.deepEqual(parseLimits(text), parseLimits(''))
  })

  it('is refused as Wrong, never otherwise', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'=/,1 9', 'start.ip', 'streams.ip', 'x'), maxLength: 8 }), (text) => {
      try {
        parseLimits(text)
      } catch (error) {
        assert.ok(error instanceof Wrong)
      }
    }))
  })
})
