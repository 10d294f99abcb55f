import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTrace } from './trace.ts'

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
const file = (path: string) => `<${hex(path)}>`
const socket = '<TCP:[127.0.0.1:4600->127.0.0.1:50123]>'

describe('a system-call trace', () => {
  it('is read into what was written, synced, named and answered', () => {
    const text = [
      `7 openat(AT_FDCWD${file('/w')}, "${hex('/d/a.tmp')}", O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0600) = 18${file('/d/a.tmp')}`,
      `7 openat(AT_FDCWD${file('/w')}, "${hex('/d/b')}", O_RDONLY|O_CLOEXEC) = 19${file('/d/b')}`,
      `8 pwrite64(18${file('/d/a.tmp')}, "${hex('h"\n), 3')}", 7, 40) = 7`,
      `7 fdatasync(18${file('/d/a.tmp')}) = 0`,
      `9 rename("${hex('/d/a.tmp')}", "${hex('/d/a')}") = 0`,
      `9 fsync(19${file('/d')})       = 0`,
      `7 writev(20${socket}, [{iov_base="${hex('HTTP/1.1 204 No Content\r\n')}", iov_len=25}], 1) = 25`,
      `7 write(20${socket}, "${hex('more of it')}", 10) = 10`,
      `7 ftruncate(18${file('/d/a')}, 5) = 0`,
      `7 unlink("${hex('/d/a')}") = 0`,
      `7 mkdir("${hex('/d/e')}", 0700) = 0`,
      `7 write(21${file('/d/log')}, "${hex('end')}", 3) = 3`,
    ].join('\n')
    const seen = parseTrace(text).map(({ begins: _begins, ends: _ends, ...event }) => ({ ...event, ...('bytes' in event && { bytes: event.bytes.toString() }) }))
    assert.deepEqual(seen, [
      { kind: 'create', path: '/d/a.tmp' },
      { kind: 'write', path: '/d/a.tmp', bytes: 'h"\n), 3', position: 40 },
      { kind: 'sync', path: '/d/a.tmp' },
      { kind: 'rename', from: '/d/a.tmp', to: '/d/a' },
      { kind: 'sync', path: '/d' },
      { kind: 'answer', port: 50123, status: 204 },
      { kind: 'truncate', path: '/d/a', length: 5 },
      { kind: 'unlink', path: '/d/a' },
      { kind: 'mkdir', path: '/d/e' },
      { kind: 'write', path: '/d/log', bytes: 'end' },
    ])
  })

  it('has calls of several threads in one another’s lines, each with its beginning and its end', () => {
    const text = `7 fdatasync(18${file('/d/a')} <unfinished ...>\n8 pwrite64(18${file('/d/a')}, "${hex('x')}", 1, 0) = 1\n7 <... fdatasync resumed>)            = 0\n`
    assert.deepEqual(parseTrace(text).map(({ kind, begins, ends }) => [kind, begins, ends]), [['write', 1, 1], ['sync', 0, 2]])
  })

  it('has nothing of calls that failed, and of a short write what was written', () => {
    const text = `7 fdatasync(18${file('/d/a')}) = -1 EIO (Input/output error)\n7 pwrite64(18${file('/d/a')}, "${hex('four')}", 4, 0) = 2\n`
    assert.deepEqual(parseTrace(text).map((event) => 'bytes' in event && event.bytes.toString()), ['fo'])
  })
})
