import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { networkOf } from './client-network.ts'

describe('the network of a client', () => {
  it('is an IPv4 address itself', () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => assert.equal(networkOf(ip), ip)))
  })

  it('is the IPv4 address that an IPv6 one maps', () => {
    for (const ip of ['::ffff:192.0.2.7', '::FFFF:192.0.2.7', '::ffff:c000:207', '0:0:0:0:0:ffff:c000:207']) assert.equal(networkOf(ip), '192.0.2.7')
    fc.assert(fc.property(fc.ipV4(), (ip) => assert.equal(networkOf(`::ffff:${ip}`), ip)))
  })

  it('is the /64 of any other IPv6 address', () => {
    assert.equal(networkOf('2001:DB8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
    assert.equal(networkOf('2001:db8:1:2::'), networkOf('2001:db8:1:2:ffff:ffff:ffff:ffff'))
    assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
    assert.equal(networkOf('::1'), '::/64')
  })

  it('does not depend on the port or the brackets that a proxy adds', () => {
    for (const ip of ['192.0.2.7:4711', '192.0.2.7:0', '[192.0.2.7]:80', '[::ffff:192.0.2.7]:4711', '[::ffff:192.0.2.7]']) assert.equal(networkOf(ip), '192.0.2.7', ip)
    for (const ip of ['[2001:db8:1:2::7]:4711', '[2001:DB8:1:2::8]', '[2001:db8:1:2::7%eth0]:80']) assert.equal(networkOf(ip), '2001:db8:1:2::/64', ip)
  })

  it('does not depend on the zone', () => {
    assert.equal(networkOf('fe80::1%eth0'), 'fe80::/64')
    assert.equal(networkOf('fe80::1'), 'fe80::/64')
  })

  it('is one for all that is no address', () => {
    for (const ip of ['', 'localhost', '1.2.3', '1.2.3.4.5', '0x7f.1', '127.1', '01.2.3.4', '1.2.3.256', '1.2.3.4:', '1.2.3.4:x', '1.2.3.4:123456', ':80', '[::1', '::1]', '[::1]x', '[::1]:', '[[::1]]', '[1.2.3.4]:80:80', '::1, ::2', '1.2.3.4\n', 'fe80::1%a b', '2130706433', '__proto__']) assert.equal(networkOf(ip), 'unknown', ip)
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...':.%[]x0123abf, ') }), (ip) => assert.match(networkOf(ip), /^(unknown|\d+(\.\d+){3}|[0-9a-f:]+\/64)$/)))
  })

  it('is the same for every address of one IPv6 network, however it is written', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (parts) => {
      const [a = 0, ...rest] = parts
      const all = [a | 0x2000, ...rest].map((part) => part.toString(16))
      assert.equal(networkOf(all.join(':')), networkOf(`${all.slice(0, 4).join(':')}::`))
      assert.equal(networkOf(all.map((part) => part.padStart(4, '0').toUpperCase()).join(':')), networkOf(all.join(':')))
    }))
  })
})
