/** The servers and tools that tests run for themselves: found on this machine, or named by an environment variable. */
import { delimiter, join } from 'node:path'
import { isRunnable } from './browsers.js'

/** variable → command, and Debian's package of it. */
const servers = {
  REDIS_SERVER_PATH: ['redis-server', 'redis-server'],
  NGINX_PATH: ['nginx', 'nginx-light'],
  STRACE_PATH: ['strace', 'strace'],
  OPENSSL_PATH: ['openssl', 'openssl'],
}

/** Variable → path, or `undefined` where there is none. */
export function findServers() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']
  const find = (command) => folders.map((folder) => join(folder, command)).find(isRunnable)
  return Object.fromEntries(Object.entries(servers).map(([variable, [command]]) => [variable, process.env[variable] || find(command)]))
}

export const packagesOf = (paths) => Object.keys(servers).filter((variable) => !paths[variable]).map((variable) => servers[variable][1])
