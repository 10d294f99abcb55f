/** The same API as in ../koa-api, with Express. */
import { readFile } from 'node:fs/promises'
import express from 'express'
import { SessionError, verifySession } from 'linklatch/verify'

const issuer = process.env.LINKLATCH_SERVER ?? 'http://localhost:4600'
const audience = process.env.LINKLATCH_SITE
if (!audience) throw new Error('LINKLATCH_SITE is not set: it takes the id of your site, from `linklatch sites list`')

/** Lets signed-in people through, as `request.person`. */
async function signedIn(request, response, next) {
  const token = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? ''
  try {
    request.person = await verifySession(token, { issuer, audience })
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    // Our own trouble is not the caller's fault: they may try again with the same token.
    return response.status(error.code === 'keys_unreachable' ? 503 : 401).json({ error: error.code })
  }
  next()
}

const app = express()
app.get('/', async (_request, response) => {
  const page = await readFile(new URL('index.html', import.meta.url), 'utf8')
  response.type('html').send(page.replaceAll('http://localhost:4600', issuer))
})
app.get('/api/notes', signedIn, ({ person }, response) => {
  response.json({ owner: person.sub, email: person.email, notes: ['Only you can read this.'] })
})

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
