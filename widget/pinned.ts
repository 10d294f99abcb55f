/**
 * Loads a file of this very build. The hash of the importing file pins its hash, so the page's SRI attribute reaches all of them:
 * a preload with another content puts nothing into the module map, and the import fails. Browsers without module preload import it as it is.
 */
export async function pinned<Module>(file: string, integrity: string, load: () => Promise<Module>): Promise<Module> {
  const link = document.createElement('link')
  if (!link.relList.supports('modulepreload')) return load()
  await new Promise((loaded, failed) => {
    Object.assign(link, { rel: 'modulepreload', crossOrigin: 'anonymous', integrity, href: new URL(file, import.meta.url), onload: loaded, onerror: failed })
    document.head.append(link)
  }).finally(() => link.remove())
  return load()
}
