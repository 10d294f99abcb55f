import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

type Line = Record<string, unknown> & { err?: { name?: string; message: string; stack?: string; cause?: { message: string; stack?: string } } }

/** What a process writes that runs `script` with a `log`. */
async function written(script: string, level = 'debug'): Promise<{ text: string; lines: Line[] }> {
  const source = `import { createLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)}; const log = createLog('${level}'); ${script}`
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source])
  return { text: stdout, lines: stdout.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line) }
}

describe('the log', () => {
  it('is one JSON object a line, which no text can forge', async () => {
    const { lines } = await written(`log.info({ event: 'a\\n{"event":"forged"}\\u2028', siteId: 'x"}' }, 'line\\r\\ntwo')`)
    assert.equal(lines.length, 1)
    assert.deepEqual([lines[0]?.event, lines[0]?.msg], ['a\n{"event":"forged"}\u2028', 'line\r\ntwo'])
  })

  it('says nothing below its level', async () => {
    const { lines } = await written(`log.debug({}, 'd'); log.info({}, 'i'); log.warn({}, 'w'); log.error({}, 'e')`, 'warn')
    assert.deepEqual(lines.map(({ msg }) => msg), ['w', 'e'])
  })

  it('blacks out what must never be in one, should it get there after all', async () => {
    const names = ['token', 'code', 'cookie', 'verifier', 'email', 'address', 'to', 'authorization', 'refresh_token', 'access_token']
    const { text, lines } = await written(`for (const name of ${JSON.stringify(names)}) log.info({ [name]: 'hidden', headers: { [name]: 'hidden' }, siteId: 'shown' }, 'x')`)
    assert.equal(lines.length, names.length)
    assert.doesNotMatch(text, /hidden/)
    for (const line of lines) assert.equal(line.siteId, 'shown')
  })

  it('tells an error and its cause by name, message and stack, never by what else they carry', async () => {
    const { text, lines } = await written(`
      const cause = Object.assign(new TypeError('inner'), { body: 'hidden' });
      log.error({ err: Object.assign(new Error('outer', { cause }), { request: { body: 'hidden' }, payload: 'hidden' }) }, 'failed')`.replace(/\n/g, ' '))
    const { err } = lines[0] ?? {}
    assert.deepEqual([err?.name, err?.message, err?.cause?.message], ['Error', 'outer', 'inner'])
    assert.match(String(err?.cause?.stack), /TypeError: inner/)
    assert.doesNotMatch(text.replaceAll(/"stack":"(?:[^"\\]|\\.)*"/g, ''), /hidden/)
  })

  it('takes anything that was thrown, also an error that is its own cause', async () => {
    const { lines } = await written(`const circle = new Error('circle'); circle.cause = circle; for (const err of ['text', undefined, null, 7, circle]) log.error({ err }, 'failed'); log.info({}, 'goes on')`)
    assert.deepEqual([lines.length, lines.at(-1)?.msg], [6, 'goes on'])
  })
})
