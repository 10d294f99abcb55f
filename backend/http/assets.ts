/** The built script files: read once, compressed once, served with an SRI hash (R63). */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Middleware } from 'koa'
import type { Site } from '../sites/site.ts'
import { publicHeaders } from './security-headers.ts'

export type Asset = { body: Buffer; br: Buffer; gz: Buffer; etag: string; integrity: string }
/** `later`: what the script imports after the form is shown, by path; each name carries its content's hash. */
export type Assets = { script: Asset; bridge: Asset; console: Asset; later: Map<string, Asset>; version: string; scriptPath: string; bridgePath: string; consolePath: string }

/** What a site owner pastes: the versioned script with its SRI hash, and the element. */
export function snippetFor(assets: Assets, publicUrl: string, { id, codeOnly }: Pick<Site, 'id' | 'codeOnly'>): string {
  const { scriptPath, script } = assets
  return [
    `<script type="module" src="${publicUrl}${scriptPath}" integrity="${script.integrity}" crossorigin="anonymous"></script>`,
    `<linklatch-sign-in site="${id}"${codeOnly ? ' code-only' : ''}></linklatch-sign-in>`,
  ].join('\n')
}

/** @param directory where the build put `linklatch.js`, `bridge.js`, `console.js` and the `later-….js` that the script names */
export async function loadAssets(directory: string, version: string): Promise<Assets> {
  const named = (name: string) => loadAsset(join(directory, name))
  const [script, bridge, console] = await Promise.all([named('linklatch.js'), named('bridge.js'), named('console.js')])
  const names = (await readdir(directory)).filter((name) => /^later-[\w-]+\.js$/.test(name))
  const later = new Map(await Promise.all(names.map(async (name) => [`/${name}`, await loadAsset(join(directory, name))] as const)))
  const pathOf = (name: string, { etag }: Asset) => `/${name}-${etag.slice(1, 13)}.js`
  return { script, bridge, console, later, version, scriptPath: `/linklatch-${version}.js`, bridgePath: pathOf('bridge', bridge), consolePath: pathOf('console', console) }
}

/** @throws where the file is not there */
export async function loadAsset(path: string): Promise<Asset> {
  const body = await readFile(path).catch((cause: unknown) => {
    throw new Error(`${path} is not there: run npm run build first`, { cause })
  })
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    promisify(gzip)(body, { level: 9 }),
  ])
  const digest = createHash('sha384').update(body).digest()
  return { body, br, gz, etag: `"${digest.toString('hex').slice(0, 20)}"`, integrity: `sha384-${digest.toString('base64')}` }
}

/** @param cache `immutable` for a name that carries a version, `short` for the newest one */
export function serveAsset(asset: Asset, cache: 'immutable' | 'short'): Middleware {
  return (ctx) => {
    publicHeaders(ctx)
    ctx.vary('Accept-Encoding')
    ctx.set({
      'Cache-Control': cache === 'immutable' ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
      // Weak: the same name for every encoding of the file (RFC 9110, section 8.8.1).
      ETag: `W/${asset.etag}`,
    })
    ctx.type = 'text/javascript; charset=utf-8'
    ctx.status = 200
    if (ctx.fresh) {
      ctx.status = 304
      return
    }
    const encoding = (['br', 'gzip'] as const).find((each) => ctx.acceptsEncodings(each) === each)
    if (encoding) ctx.set('Content-Encoding', encoding)
    ctx.body = encoding === 'br' ? asset.br : encoding === 'gzip' ? asset.gz : asset.body
  }
}
