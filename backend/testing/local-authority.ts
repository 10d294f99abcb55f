/** A certificate authority of this test run, and one certificate for the names (or IP addresses) that it needs. */
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

const program = process.env.OPENSSL_PATH || 'openssl'

/** For `skip`: false where there is an openssl, otherwise what to do. */
export const noOpenssl = spawnSync(program, ['version']).status === 0 ? false : 'no openssl: install it (Debian: apt-get install openssl), or name it in OPENSSL_PATH'

export type LocalAuthority = { authority: string; certificate: string; key: string }

export function makeAuthority(folder: string, names: string[]): LocalAuthority {
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync(program, args, { stdio: 'ignore', cwd: folder })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const forAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  openssl('req', '-x509', ...newKey, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Linklatch tests', ...forAuthority)
  openssl('req', ...newKey, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', `/CN=${names[0] ?? ''}`)
  writeFileSync(file('leaf.ext'), `subjectAltName=${names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',')}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`)
  openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'leaf.ext', '-out', 'leaf.crt')
  return { authority: file('ca.crt'), certificate: file('leaf.crt'), key: file('leaf.key') }
}
