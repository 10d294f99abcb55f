/** The backend as a process has it: adapters chosen, server listening, drained at the end. */
import type { Server } from 'node:http'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { createApp, type AppParts } from './app.ts'
import { createAudit } from './audit.ts'
import type { Clock } from './clock.ts'
import { ConfigError, type Config } from './config.ts'
import { prepareDirectories } from './data-directory.ts'
import type { Dispatch, LetterOrder } from './delivery/letter-order.ts'
import { startDeliveryQueue } from './delivery/queue.ts'
import { withEarlier } from './http/asset-archive.ts'
import { loadAssets, type Assets } from './http/assets.ts'
import { createDraining } from './http/draining.ts'
import { createEventStreams } from './http/event-streams.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { createHttpServer } from './http/server.ts'
import { createLog } from './log.ts'
import { openServices } from './open-services.ts'
import type { Log, Services } from './services.ts'
import type { LetterSite } from './sign-in/letter.ts'
import type { SignIn } from './sign-in/sign-in.ts'
import { isServed } from './sites/origins.ts'
import type { Site } from './sites/site.ts'
import type { StoreCall } from './store/observed.ts'
import type { StoreTuning } from './store/open-store.ts'
import { invitationPage } from './users/invitation.ts'
import { version } from './version.ts'
import { createWebhooks } from './webhooks/webhooks.ts'

export type Backend = {
  publicUrl: string
  port: number
  services: Services
  /** Now, and not only every two seconds. */
  lookAtKeys(): Promise<void>
  stop(): Promise<void>
}

export type BackendOptions = {
  config: Config
  /** Where mail goes. */
  delivery: Dispatch
  log?: Log
  clock?: Clock
  /** For tests of crashes. */
  store?: StoreTuning
  /** Where the built script files are. */
  assetsDirectory?: string
}

/** Opens the store, begins to listen, and takes up the mails that an earlier run left. Rejects with what is wrong, in one line. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { config, delivery, log = createLog(config.logLevel) } = options
  keepHeapSmall()
  const built = await loadAssets(options.assetsDirectory ?? join(import.meta.dirname, '../widget'), version)
  await prepareDirectories(config)
  const observe = (call: StoreCall) => metrics.timeStore(call)
  const { services, keys } = await openServices({ config, log, observe, ...(options.store && { store: options.store }), ...(options.clock && { clock: options.clock }) })
  const { store, clock } = services
  const draining = createDraining()
  const streams = createEventStreams({ perNetwork: config.streamsPerIp })
  const webhooks = createWebhooks({ services })
  const metrics = createMetrics({ openStreams: () => streams.count(), mailsWaiting: async () => (await store.signIns.mailDue(mostMailsCounted)).length })
  try {
    services.limitReached = metrics.countLimit
    services.deliveryReady = () => delivery.ready()
    services.audit = createAudit({ events: store.events, clock, log, count: (event) => [metrics.count, webhooks.heard].forEach((hear) => hear(event)) })
    const assets = await withArchive(built, config, log)
    const answer = createApp(services, assets, { streams, metrics, draining }).callback()
    const server = createHttpServer((req, res) => void answer(req, res))
    const port = await listen(server, config)
    const queue = startQueue(services, delivery, metrics, log)
    services.wakeDelivery = () => queue.wake()
    webhooks.begin()
    const sweeping = setInterval(() => void store.sweep(clock.now()).catch((err: unknown) => log.error({ err }, 'sweep failed')), 1000).unref()
    const lookingAtKeys = setInterval(() => void keys.look(), lookAtKeysMs).unref()
    void lookAtMail(delivery, log).then(() => lookAtSites(services)).catch((err: unknown) => log.warn({ err }, 'the sites could not be looked at'))
    const stop = once(async () => {
      clearInterval(sweeping)
      clearInterval(lookingAtKeys)
      await Promise.all([closeServer(server, { draining, streams }), queue.stop(), webhooks.stop()])
      await delivery.close()
      await store.close()
    })
    return { publicUrl: config.publicUrl, port, services, lookAtKeys: () => keys.look(), stop }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** V8 lets garbage pile up to several times of what lives, and here little lives in its heap: to collect it sooner costs next to nothing. */
function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=20')
}

/** The mail thread begins with this question and not with somebody's mail, and the operator hears at once where mails would only wait. */
async function lookAtMail(delivery: Dispatch, log: Log): Promise<void> {
  const ready = await delivery.ready().catch(() => false)
  if (!ready) log.warn({}, 'the mail server takes no mails now: they wait, and are tried again while their links live; linklatch doctor says more')
}

/** A site of development is not changed by the start in production: what counts no more is said. */
async function lookAtSites({ store, config, log }: Services): Promise<void> {
  for (const site of await store.sites.list()) {
    const unserved = site.origins.filter((pattern) => !isServed(pattern, config)).length
    if (unserved > 0) log.warn({ siteId: site.id, unserved, of: site.origins.length }, 'origins of plain http do not count in production: linklatch sites change takes them out')
  }
}

/** What is owed is sent, counted, and written down for the operator. */
function startQueue(services: Services, delivery: Dispatch, metrics: Metrics, log: Log) {
  const { store, clock, isShared } = services
  return startDeliveryQueue({
    signIns: store.signIns,
    deliver: (order) => delivery.deliver(order),
    rehearse: (order) => delivery.rehearse(order),
    ready: () => delivery.ready(),
    count(result, { siteId, id }) {
      metrics.countMail(result)
      services.audit({ event: `mail.${result}`, siteId, signInId: id })
    },
    clock,
    log,
    orderOf: (signIn) => orderOf(services, signIn),
    claimSeconds: isShared ? mailClaimSeconds : 0,
  })
}

/** Earlier versions' scripts are a convenience: a data directory that cannot be written to keeps nobody from signing in. */
async function withArchive(built: Assets, { production, dataDir }: Config, log: Log): Promise<Assets> {
  if (!production) return built
  return withEarlier(built, join(dataDir, 'scripts')).catch((err: unknown) => {
    log.warn({ err }, 'scripts of earlier versions are not kept')
    return built
  })
}

/** More than a mail takes at most (30 s), so that no other process takes it up meanwhile. */
const mailClaimSeconds = 40
const lookAtKeysMs = 2000

/** Where the gauge of waiting mails ends: each is looked up when somebody reads the metrics. */
const mostMailsCounted = 10_000

/** What the letter of a sign-in is written from, the same each time; nothing where its site is gone. */
async function orderOf({ store, linkTokens, secrets, config, clock }: Services, signIn: SignIn): Promise<LetterOrder | undefined> {
  const site = await store.sites.get(signIn.siteId)
  if (!site) return undefined
  const { publicUrl } = config
  const common = { signIn, site: letterSite(site), publicUrl }
  if (signIn.invitation || signIn.farewell) {
    const page = invitationPage(site, config)
    return page === undefined ? undefined : { kind: signIn.farewell ? 'farewell' : 'invitation', ...common, url: page }
  }
  const code = { kind: 'sign-in' as const, ...common, code: secrets.codeOf(signIn), now: clock.now() }
  if (signIn.codeOnly) return code
  const link = new URL('/link', publicUrl)
  link.searchParams.set('token', linkTokens.link(signIn))
  return { ...code, link: link.href }
}

function letterSite({ name, accentColor, locale, strict, codeOnly }: Site): LetterSite {
  return { name, ...(accentColor !== undefined && { accentColor }), ...(locale !== undefined && { locale }), ...(strict && { strict }), ...(codeOnly && { codeOnly }) }
}

function listen(server: Server, { port, host }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen({ port, host }, cause)))
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

function cannotListen({ port, host }: Pick<Config, 'port' | 'host'>, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'EADDRINUSE') return new Error(`port ${port} on ${host} is taken by another process: stop it, or set PORT to another one`, { cause })
  if (cause.code === 'EACCES') return new ConfigError('PORT', `is "${port}": this user may not listen there; it takes a port that it may, such as 4600`)
  return new ConfigError('HOST', `is ${JSON.stringify(host)}: nobody can listen there (${cause.code}); it takes an address of this machine, such as 127.0.0.1 or ::`)
}

/** No new connections; running requests end; what hangs is cut off after a while. */
async function closeServer(server: Server, { draining, streams }: Pick<AppParts, 'draining' | 'streams'>): Promise<void> {
  draining.begin()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  streams.closeAll()
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), 4_000)
  await closed
  clearTimeout(cut)
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
