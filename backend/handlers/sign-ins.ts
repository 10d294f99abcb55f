/** How HTTP reaches the use cases of `sign-in/` that the element and the bridge call. */
import type { Context, Next } from 'koa'
import { readJson } from '../http/body.ts'
import { sitesOfPage } from '../http/cors.ts'
import type { EventStreams } from '../http/event-streams.ts'
import { handedOn } from '../http/handed-on.ts'
import { browserFrom, networkFrom, originOf, pathText } from '../http/request.ts'
import { readMarks } from '../http/session-cookie.ts'
import { parseRequest, verifierSchema } from '../protocol.ts'
import type { Services } from '../services.ts'
import { cancelSignIn } from '../sign-in/cancel.ts'
import { resend } from '../sign-in/resend.ts'
import { readStart, startSignIn, type Start } from '../sign-in/start-sign-in.ts'
import { vouch } from '../sign-in/vouch.ts'
import { watchSignIns } from '../sign-in/watch-sign-in.ts'

export function signInHandlers(services: Services, streams: EventStreams) {
  const asked = handedOn<Start>('readStart')
  return {
    /** Understands the request, so that the limits after it can count by site and address. */
    async readStart(ctx: Context, next: Next) {
      asked.keep(ctx, readStart(services, await readJson(ctx), { origin: originOf(ctx), sites: sitesOfPage.of(ctx), browser: browserFrom(ctx) }))
      await next()
    },
    siteKey: (ctx: Context) => asked.of(ctx).site.id,
    addressKey: (ctx: Context) => `${networkFrom(ctx)} ${asked.of(ctx).whose}`,

    async start(ctx: Context) {
      const answer = await startSignIn(services, asked.of(ctx))
      ctx.status = 202
      ctx.body = answer
    },

    async resend(ctx: Context) {
      const answer = await resend(services, idOf(ctx), await readVerifier(ctx))
      ctx.status = 202
      ctx.body = answer
    },

    async cancel(ctx: Context) {
      await cancelSignIn(services, idOf(ctx), await readVerifier(ctx))
      ctx.status = 204
    },

    async vouch(ctx: Context) {
      await vouch(services, idOf(ctx), await readVerifier(ctx), (siteId) => readMarks(ctx, siteId))
      ctx.status = 204
    },

    async events(ctx: Context) {
      if (ctx.method === 'HEAD') {
        const stop = await watchSignIns(services, idsOf(ctx), () => undefined)
        stop()
        ctx.status = 200
        return
      }
      await streamEvents(ctx, services, streams)
    },
  }
}

async function streamEvents(ctx: Context, services: Services, streams: EventStreams): Promise<void> {
  const waiting: (() => void)[] = []
  let write = (line: () => void): void => void waiting.push(line)
  let stream: ReturnType<EventStreams['open']> | undefined
  const stop = await watchSignIns(services, idsOf(ctx), (heard) =>
    write(() => (heard.event === 'end' ? stream?.end() : stream?.send(heard.event, heard.data))),
  )
  try {
    stream = streams.open(ctx, networkFrom(ctx), idsOf(ctx))
  } catch (error) {
    stop()
    throw error
  }
  stream.onClose(stop)
  for (const line of waiting) line()
  write = (line) => line()
}

const idOf = (ctx: Context): string => pathText(ctx, 'id')

/** A browser that waits for several sign-ins asks for them on one stream, `ID,ID`. */
const idsOf = (ctx: Context): string[] => idOf(ctx).split(',')

async function readVerifier(ctx: Context): Promise<string> {
  return parseRequest(verifierSchema, await readJson(ctx)).verifier
}
