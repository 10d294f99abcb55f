/**
 * Loads a file of this very build. The hash of the importing file pins its hash, so the page's SRI attribute reaches all of them:
 * a preload with another content puts nothing into the module map, and the import fails. Browsers without module preload import it as it is.
 * After a failure the next try has another address: Firefox keeps what an address gave, a failure too, for as long as the page stands.
 */
export async function pinned<Module>(file: string, integrity: string, load: (url: string) => Promise<Module>): Promise<Module> {
  const again = failures[file] ?? 0
  const { href } = new URL(again ? `${file}?again=${again}` : file, import.meta.url)
  try {
    await preload(href, integrity)
    return await load(href)
  } catch (cause) {
    failures[file] = again + 1
    throw cause
  }
}

const failures: Record<string, number> = {}

async function preload(href: string, integrity: string): Promise<void> {
  const link = document.createElement('link')
  if (!link.relList.supports('modulepreload')) return
  await new Promise((loaded, failed) => {
    Object.assign(link, { rel: 'modulepreload', crossOrigin: 'anonymous', integrity, href, onload: loaded, onerror: failed })
    document.head.append(link)
  }).finally(() => link.remove())
}
