/** The recipe for Postgres, on a real server in a folder of its own. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

const bin = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`)) : undefined
const isRoot = process.getuid?.() === 0
/** Postgres refuses to run as root. */
const asUser = isRoot ? ['runuser', '-u', 'postgres', '--'] : []
const missing = (bin === undefined || (isRoot && spawnSync('id', ['postgres']).status !== 0)) && 'no Postgres server here (Debian: postgresql)'

describe('row security by the claims of a session', { skip: missing }, () => {
  let folder: string
  const asOwner = (program: string, args: string[], input = '') => {
    const [command = '', ...rest] = [...asUser, join(bin ?? '', program), ...args]
    return execFileSync(command, rest, { input, encoding: 'utf8', cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  }
  const sql = (text: string) => asOwner('psql', ['-h', folder, '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-Atq'], text).trim()
  const as = (claims: object | undefined, text: string) =>
    sql(`begin; set local role site_visitor; ${claims ? `select set_config('request.jwt.claims', '${JSON.stringify(claims)}', true) \\g /dev/null` : ''}\n${text}; commit;`)

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'linklatch-pg-'))
    chmodSync(folder, 0o777)
    asOwner('initdb', ['-D', join(folder, 'data'), '-A', 'trust', '--no-sync'])
    // A socket in this folder and no port: nobody else sees it.
    asOwner('pg_ctl', ['-D', join(folder, 'data'), '-w', '-l', join(folder, 'log'), '-o', `-c listen_addresses='' -k ${folder} -c fsync=off`, 'start'])
    asOwner('psql', ['-h', folder, '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q', '-f', join(import.meta.dirname, 'postgres/row-security.sql')])
    as({ sub: 'ada', roles: [] }, `insert into notes (body) values ('of Ada')`)
    as({ sub: 'bob', roles: [] }, `insert into notes (body) values ('of Bob')`)
  })
  after(() => {
    asOwner('pg_ctl', ['-D', join(folder, 'data'), '-m', 'immediate', 'stop'])
    rmSync(folder, { recursive: true, force: true })
  })

  it('shows each person their own rows', () => {
    assert.equal(as({ sub: 'ada', roles: [] }, 'select body from notes'), 'of Ada')
    assert.equal(as({ sub: 'bob', roles: [] }, 'select body from notes'), 'of Bob')
  })

  it('shows nobody’s rows to nobody', () => {
    assert.equal(as(undefined, 'select body from notes'), '')
  })

  it('shows a role what its policy gives it', () => {
    assert.equal(as({ sub: 'eve', roles: ['editor'] }, 'select body from notes order by id'), 'of Ada\nof Bob')
  })

  it('lets nobody write for somebody else', () => {
    assert.throws(() => as({ sub: 'ada', roles: [] }, `insert into notes (owner, body) values ('bob', 'forged')`), /row-level security/)
    assert.equal(as({ sub: 'ada', roles: [] }, `update notes set body = 'mine' where owner = 'bob' returning 1`), '')
  })

  it('forgets the claims with the transaction', () => {
    as({ sub: 'ada', roles: [] }, 'select 1')
    assert.equal(as(undefined, 'select body from notes'), '')
  })
})
