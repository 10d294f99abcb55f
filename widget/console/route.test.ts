import { assert } from '@open-wc/testing'
import { hashOf, routeOf } from './route.ts'

describe('the console’s addresses', () => {
  it('lead to what they were made for', () => {
    assert.deepEqual(routeOf(hashOf.sites), { name: 'sites' })
    assert.deepEqual(routeOf(hashOf.new), { name: 'new' })
    assert.deepEqual(routeOf(hashOf.log), { name: 'log' })
    assert.deepEqual(routeOf(hashOf.site('4f1c', 'settings')), { name: 'site', id: '4f1c', tab: 'settings' })
    assert.deepEqual(routeOf(hashOf.site('4f1c')), { name: 'site', id: '4f1c', tab: 'people' })
    assert.deepEqual(routeOf(hashOf.about('4f1c', 'a_-Z')), { name: 'about', id: '4f1c', about: 'a_-Z' })
    assert.deepEqual(routeOf(hashOf.person('4f1c', 'a_-Z')), { name: 'person', id: '4f1c', uid: 'a_-Z' })
  })

  it('lead to the sites where nobody made them: no part of one becomes part of a call’s path', () => {
    for (const hash of ['', '#', '#/nothing', '#/sites/', '#/sites/..', '#/sites/a%2Fb/people', '#/sites/a/people/..%2F..', '#/sites/a/people/u/more', '#/sites/a/elsewhere', '#/sites/a/settings/u', '#/new/x', '#/sites/%E0%A4%A']) {
      assert.deepEqual(routeOf(hash), { name: 'sites' }, hash)
    }
  })
})
