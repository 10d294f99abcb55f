/** A real reverse proxy in front of several backends: nginx, which hands each request to the next of them. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './redis-server.ts'

const program = process.env.NGINX_PATH || 'nginx'

/** For `skip`: false where there is an nginx, otherwise what to do. */
export const noNginx = spawnSync(program, ['-v']).status === 0 ? false : 'no nginx: install it (Debian: apt-get install nginx-light), or name it in NGINX_PATH'

/** As docs/operations.md has it: event streams are not buffered, and a request goes to another backend only where it was not yet sent. */
const configOf = (port: number, directory: string, ports: number[]) => `
daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s;
  upstream linklatch { ${ports.map((each) => `server 127.0.0.1:${each} max_fails=1 fail_timeout=5s;`).join(' ')} }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://linklatch; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }
  }
}`

export async function startNginx(ports: number[]): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'linklatch-nginx-'))
  const port = await freePort()
  await writeFile(join(directory, 'nginx.conf'), configOf(port, directory, ports))
  const child = spawn(program, ['-p', directory, '-e', join(directory, 'error.log'), '-c', join(directory, 'nginx.conf')], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 600 && !(await fetch(`${url}/healthz`).then(({ ok }) => ok, () => false)); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50))
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}
