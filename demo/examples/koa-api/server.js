/** An API that knows who asks: each call carries the access token, and every check is made here, on the server. */
import { readFile } from 'node:fs/promises'
import Router from '@koa/router'
import Koa from 'koa'
import { SessionError, verifySession } from 'linklatch/verify'

const issuer = process.env.LINKLATCH_SERVER ?? 'http://localhost:4600'
const audience = process.env.LINKLATCH_SITE
if (!audience) throw new Error('LINKLATCH_SITE is not set: it takes the id of your site, from `linklatch sites list`')

const bearer = (ctx) => /^Bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? ''

/** Lets signed-in people through, as `ctx.state.person`. */
async function signedIn(ctx, next) {
  try {
    ctx.state.person = await verifySession(bearer(ctx), { issuer, audience })
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    // Our own trouble is not the caller's fault: they may try again with the same token.
    ctx.status = error.code === 'keys_unreachable' ? 503 : 401
    ctx.body = { error: error.code }
    return
  }
  await next()
}

const router = new Router()
router.get('/', async (ctx) => {
  ctx.type = 'html'
  ctx.body = (await readFile(new URL('index.html', import.meta.url), 'utf8')).replaceAll('http://localhost:4600', issuer)
})
router.get('/api/notes', signedIn, (ctx) => {
  const { sub, email } = ctx.state.person
  ctx.body = { owner: sub, email, notes: ['Only you can read this.'] }
})

new Koa().use(router.routes()).use(router.allowedMethods()).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
