/** Small readings of a request that more than one handler needs. */
import type { Context } from 'koa'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { readProof, type Proof } from '../tokens/dpop-proof.ts'
import { browserName } from './browser-name.ts'
import { isLoopback, networkOf } from './client-network.ts'

/** The client's network, as limits count it. */
export function networkFrom(ctx: Context): string {
  const state = ctx.state as { network?: string }
  return (state.network ??= networkOf(ctx.ip))
}

const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

/** Whether a program of this machine asks by itself: through a proxy here everybody's requests come from loopback, and a header is quickly written. */
export function isOfThisMachine(ctx: Context): boolean {
  return isLoopback(ctx.req.socket.remoteAddress ?? '') && forwarding.every((name) => ctx.get(name) === '')
}

/** The pattern of the route that took the request, such as `/v1/sign-ins/:id/resend`: in a path or a query may stand anything (R81). */
export function routeOf(ctx: Context): string {
  const route: unknown = (ctx as { _matchedRoute?: unknown })._matchedRoute
  return typeof route === 'string' ? route : 'none'
}

/** The asking browser in words. */
export const browserFrom = (ctx: Context): string => browserName(ctx.get('user-agent'))

/** One query parameter as text; twice the same name is no text. @throws {Problem} `invalid_request` */
export function queryText(ctx: Context, name: string): string | undefined {
  const value = ctx.query[name]
  if (Array.isArray(value)) throw new Problem('invalid_request', { errors: [{ field: name, code: 'repeated' }] })
  return value
}

/** One part of the path that the route names. */
export function pathText(ctx: Context, name: string): string {
  const { params } = ctx as Context & { params: Record<string, string | undefined> }
  return params[name] ?? ''
}

/** The `Origin` header, or nothing where it is missing. `null` is an origin of nobody's. */
export function originOf(ctx: Context): string | undefined {
  const origin = ctx.get('origin')
  return origin === '' ? undefined : origin
}

/** The proof that came along (RFC 9449), if one did, an empty one too; whoever accepts the request spends it. @throws {Problem} `invalid_dpop_proof` */
export async function proofFrom(ctx: Context, { config, clock, store }: Services): Promise<{ proof?: Proof }> {
  if (ctx.headers.dpop === undefined) return {}
  const proof = ctx.get('dpop')
  const url = `${config.publicUrl}${ctx.path}`
  return { proof: await readProof(proof, { method: ctx.method, url, wall: clock.wall(), now: clock.now(), counters: store.counters }) }
}

/** The token of `Authorization: Bearer`. */
export function bearerFrom(ctx: Context): string | undefined {
  return /^Bearer ([\w.~+/-]+=*)$/i.exec(ctx.get('authorization'))?.[1]
}
