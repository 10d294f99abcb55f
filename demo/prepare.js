/**
 * Makes a fresh clone ready: the right Node, the locked packages, and with `--browsers` the engines that the tests drive.
 * Plain JavaScript without dependencies, because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findBrowsers, missingBrowsers } from './browsers.js'
import { findServers, packagesOf } from './servers.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const oldestNode = [20, 19]

/** Debian's names for what `findBrowsers` looks for. */
const debianPackages = ['chromium', 'firefox-esr', 'webkit2gtk-driver', 'xvfb', 'xauth', 'dbus', 'openssl', 'libnss3-tools', 'ca-certificates', 'fonts-dejavu-core']

function main(flags) {
  const refused = checkNode() || installPackages()
  if (refused) {
    console.error(refused)
    process.exit(1)
  }
  if (flags.includes('--browsers')) for (const line of prepareBrowsers().notes) console.log(line)
}

/** One line where this Node is too old, nothing otherwise. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [wantedMajor, wantedMinor] = oldestNode
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined
  return `Linklatch needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`
}

/** `npm ci` where node_modules is not what the lock says. One line where that failed. */
export function installPackages() {
  if (isInstalled()) return undefined
  console.log('Installing packages (npm ci) …')
  const done = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  return done.status === 0 ? undefined : 'npm ci failed: is the package registry within reach?'
}

function isInstalled() {
  const hidden = `${root}node_modules/.package-lock.json`
  if (!existsSync(hidden)) return false
  const wanted = readPackages(`${root}package-lock.json`)
  const found = readPackages(hidden)
  return Object.keys({ ...wanted, ...found }).every((name) => name === '' || samePackage(wanted[name], found[name]))
}

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

/** Packages of other platforms are in the lock and, rightly, not on disk. */
function samePackage(wanted, found) {
  if (wanted && !found) return wanted.optional === true || wanted.peer === true
  return Boolean(wanted && found) && wanted.version === found.version && wanted.integrity === found.integrity
}

/** What was found or installed, as environment variables for the tests, and what to say about the rest. */
export function prepareBrowsers() {
  let paths = findBrowsers()
  const notes = []
  if (missingBrowsers(paths).length > 0) {
    notes.push(...installBrowsers(missingBrowsers(paths)))
    paths = findBrowsers()
  }
  return { paths, notes }
}

/** The same for the servers that tests start themselves. Without one, its tests are skipped, and say so. */
export function prepareServers() {
  const missing = packagesOf(findServers())
  const sudo = missing.length > 0 ? aptPrefix() : undefined
  if (sudo) {
    console.log(`Installing servers for the tests (apt-get): ${missing.join(', ')} …`)
    apt(sudo, ['update', '-qq'])
    apt(sudo, ['install', '-y', '-qq', '--no-install-recommends', ...missing])
  }
  const paths = findServers()
  const notes = packagesOf(paths).map((name) => `Not found: ${name}. Its tests are skipped; on Debian: apt-get install ${name}`)
  return { paths, notes }
}

function installBrowsers(missing) {
  const names = missing.join(', ')
  const sudo = aptPrefix()
  if (!sudo) return [`Not found: ${names}. Install them, or name them in ${Object.keys(findBrowsers()).join(', ')}. On Debian: apt-get install ${debianPackages.join(' ')}`]
  console.log(`Installing browsers for the tests (apt-get): ${names} …`)
  apt(sudo, ['update', '-qq'])
  const install = (packages) => apt(sudo, ['install', '-y', '-qq', '--no-install-recommends', ...packages])
  if (install(debianPackages)) return []
  // Debian's relatives lack one or the other: then take what there is.
  const refused = debianPackages.filter((name) => !install([name]))
  return refused.length > 0 ? [`apt-get could not install ${refused.join(', ')}.`] : []
}

/** How to run apt-get here: as root, by a sudo that asks for nothing, or not at all. */
function aptPrefix() {
  const has = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (process.platform !== 'linux' || !has('apt-get', ['--version'])) return undefined
  if (process.getuid() === 0) return []
  return has('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined
}

function apt(sudo, args) {
  const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...args]
  return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
