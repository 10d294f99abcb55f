/** The widget's tests, in a real browser: the one of `CHROME_PATH`, or Debian's. Nothing beyond loopback. */
import { esbuildPlugin } from '@web/dev-server-esbuild'
import { chromeLauncher } from '@web/test-runner'
import { fileURLToPath } from 'node:url'

const quiet = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export default {
  files: ['widget/**/*.test.ts', '!widget/verify.test.ts', '!widget/later/suggest.test.ts'],
  nodeResolve: true,
  concurrency: 2,
  testFramework: { config: { timeout: 30_000 } },
  testsFinishTimeout: 600_000,
  browsers: [chromeLauncher({ launchOptions: { executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: quiet.split(' ') } })],
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: fileURLToPath(new URL('widget/tsconfig.json', import.meta.url)) })],
}
