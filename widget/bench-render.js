/** `npm run bench:render`: how long until the form stands in the page, against a bare Lit form, at a CPU four times slower; medians of one run, each taken in turns. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import puppeteer from 'puppeteer-core'
import { build } from 'vite'

const rounds = Number(process.env.ROUNDS ?? 15)
const bareForm = `import { LitElement, html, css } from 'lit'
customElements.define('linklatch-sign-in', class extends LitElement {
  static styles = css\`:host { display: block } input, button { font: inherit }\`
  render() {
    return html\`<form @submit=\${(event) => event.preventDefault()}><h2>Sign in</h2><p>We e-mail you a link.</p><label for="a">E-mail address</label><input id="a" type="email" required><button type="submit">Send me a link</button></form>\`
  }
})`

async function bareScript() {
  const virtual = { name: 'bare', resolveId: (id) => (id === 'bare' ? '\0bare' : null), load: (id) => (id === '\0bare' ? bareForm : null) }
  const { output } = await build({ configFile: false, publicDir: false, logLevel: 'silent', plugins: [virtual], build: { write: false, target: 'es2022', modulePreload: false, rolldownOptions: { input: 'bare', output: { format: 'es' } } } })
  return output[0].code
}

const page = (script) => `<!doctype html><html lang="en"><title>bench</title><body><linklatch-sign-in></linklatch-sign-in>
<script type="module">
performance.mark('begin')
await import('/${script}')
const element = document.querySelector('linklatch-sign-in')
await element.updateComplete
element.shadowRoot.querySelector('input').getBoundingClientRect()
window.took = performance.measure('form', 'begin').duration
</script>`

const files = { '/ours.js': readFileSync(new URL('../dist/widget/linklatch.js', import.meta.url)), '/bare.js': await bareScript() }
const http = createServer(({ url }, response) => {
  if (files[url]) return response.setHeader('content-type', 'text/javascript').end(files[url])
  if (url === '/ours' || url === '/bare') return response.setHeader('content-type', 'text/html').end(page(`${url.slice(1)}.js`))
  return response.writeHead(404).end()
})
await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
const browser = await puppeteer.launch({ executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'], timeout: 60_000 })

async function measure(which) {
  const tab = await browser.newPage()
  await tab.emulateCPUThrottling(4)
  await tab.goto(`http://127.0.0.1:${http.address().port}/${which}`)
  const took = await (await tab.waitForFunction('window.took', { timeout: 60_000 })).jsonValue()
  await tab.close()
  return took
}

const times = { bare: [], ours: [] }
for (let round = 0; round < rounds; round++) for (const which of ['bare', 'ours']) times[which].push(await measure(which))
await browser.close()
http.close()
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1]
const [bare, ours] = [median(times.bare), median(times.ours)]
console.log(`bare Lit form ${bare.toFixed(1)} ms, linklatch.js ${ours.toFixed(1)} ms: ${(ours / bare).toFixed(2)} times (at most 1.50), ${rounds} rounds at 4x CPU throttle`)
