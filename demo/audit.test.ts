import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from './audit.js'

const report = (...severities: string[]) => JSON.stringify({ vulnerabilities: Object.fromEntries(severities.map((severity, index) => [`p${index}`, { name: `p${index}`, severity, range: '<2' }])) })

test('a hole of level high or critical fails the build, and is named', () => {
  assert.deepEqual(judge(report('low', 'high', 'critical')), { verdict: 'failed', lines: ['p1 <2: high', 'p2 <2: critical'] })
})

test('none, or lesser ones, pass', () => {
  for (const output of [report(), report('low', 'moderate', 'info')]) assert.equal(judge(output).verdict, 'passed')
})

test('a registry that offers no audit, or none that answers, is said aloud and fails nothing', () => {
  for (const output of ['', 'not json', '{"error":{"code":"ENOAUDIT","summary":"x"}}', '{"message":"404 Not Found","error":{"summary":"","detail":""}}', 'null', '[]']) {
    const { verdict, lines } = judge(output)
    assert.equal(verdict, 'skipped', output)
    assert.match(lines[0] ?? '', /offers no audit/)
  }
})
