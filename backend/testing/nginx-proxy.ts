/** A real reverse proxy in front of several backends: nginx, which hands each request to the next of them. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './redis-server.ts'

const program = process.env.NGINX_PATH || 'nginx'

/** For `skip`: false where there is an nginx, otherwise what to do. */
export const noNginx = spawnSync(program, ['-v']).status === 0 ? false : 'no nginx: install it (Debian: apt-get install nginx-light), or name it in NGINX_PATH'

/** As docs/operations.md has it: event streams are not buffered, and a request goes to another backend only where it was not yet sent. */
const serverOf = (port: number, ports: number[]) => `
  upstream linklatch { ${ports.map((each) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=5s;`).join(' ')} }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://linklatch; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }
  }`

export type Documented = { serverName: string; port: number; tlsPort: number; certificate: string; key: string; folder: string }

/** The text of `docs/nginx.conf` with a run's name, ports, certificate and log. @throws where the file has no such place any more */
export function documentedConfiguration({ serverName, port, tlsPort, certificate, key, folder }: Documented): string {
  const changes: [RegExp, string][] = [
    [/127\.0\.0\.1:4600/, `127.0.0.1:${port}`],
    [/listen 443 ssl http2/, `listen 127.0.0.1:${tlsPort} ssl http2`],
    [/server_name auth\.shop\.example;/, `server_name ${serverName};`],
    [/ssl_certificate {5}\S+;/, `ssl_certificate ${certificate};`],
    [/ssl_certificate_key \S+;/, `ssl_certificate_key ${key};`],
    [/\/var\/log\/nginx\/linklatch\.access\.log/, accessLogIn(folder)],
  ]
  return changes.reduce((text, [place, here]) => {
    if (!place.test(text)) throw new Error(`docs/nginx.conf has no ${String(place)}`)
    return text.replace(place, here)
  }, readFileSync(new URL('../../docs/nginx.conf', import.meta.url), 'utf8'))
}

/** What nginx has written down in `folder` so far. */
export const nginxLogs = (folder: string): { access: string; error: string } => ({ access: readFileSync(accessLogIn(folder), 'utf8'), error: readFileSync(join(folder, 'error.log'), 'utf8') })

const accessLogIn = (folder: string): string => join(folder, 'access.log')

/** A whole configuration of one process, which writes into `folder` alone. */
export function nginxIn(folder: string, http: string): string {
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')
  return `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events { worker_connections 1024; }
http { access_log off; ${scratch}
${http}
}
`
}

/** Runs until it is stopped, in `folder`; there once `isThere` says so. */
export async function runNginx(folder: string, http: string, isThere: () => Promise<boolean>): Promise<{ stop(): Promise<void> }> {
  const file = join(folder, 'nginx.conf')
  await writeFile(file, nginxIn(folder, http))
  const child = spawn(program, ['-p', folder, '-e', join(folder, 'error.log'), '-c', file], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for (let tries = 0; tries < 600 && !(await isThere()); tries += 1) {
    if (child.exitCode !== null) throw new Error(readFileSync(join(folder, 'error.log'), 'utf8'))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export async function startNginx(ports: number[]): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-nginx-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const nginx = await runNginx(directory, serverOf(port, ports), () => fetch(`${url}/healthz`).then(({ ok }) => ok, () => false))
  return {
    url,
    async stop() {
      await nginx.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
