import assert from 'node:assert/strict'
import { it } from 'node:test'
import { nearestName } from './nearest-name.ts'

it('the nearest name is the one with the fewest changes, whatever the case', () => {
  const names = ['start.ip', 'start.site', 'start.address']
  assert.equal(nearestName('start.adress', names), 'start.address')
  assert.equal(nearestName('START.IP', names), 'start.ip')
  assert.equal(nearestName('start.sites', names), 'start.site')
  assert.equal(nearestName('', ['a']), 'a')
})
