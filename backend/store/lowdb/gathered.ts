/** Keys gathered under a name of a site. Most names have one key, and then it costs no set. */
export class Gathered {
  readonly #bySite = new Map<string, Map<string, string | Set<string>>>()

  of(siteId: string, name: string): string[] {
    return listed(this.#bySite.get(siteId)?.get(name))
  }

  ofSite(siteId: string): string[] {
    return [...(this.#bySite.get(siteId)?.values() ?? [])].flatMap(listed)
  }

  add(siteId: string, name: string, key: string): void {
    const names = this.#bySite.get(siteId) ?? new Map<string, string | Set<string>>()
    this.#bySite.set(siteId, names)
    const keys = names.get(name)
    if (keys === undefined) names.set(name, key)
    else if (typeof keys !== 'string') keys.add(key)
    else if (keys !== key) names.set(name, new Set([keys, key]))
  }

  remove(siteId: string, name: string, key: string): void {
    const names = this.#bySite.get(siteId)
    const keys = names?.get(name)
    if (names === undefined || keys === undefined) return
    if (typeof keys !== 'string') keys.delete(key)
    if (keys === key || (typeof keys !== 'string' && keys.size === 0)) names.delete(name)
    if (names.size === 0) this.#bySite.delete(siteId)
  }
}

function listed(keys: string | Set<string> | undefined): string[] {
  if (keys === undefined) return []
  return typeof keys === 'string' ? [keys] : [...keys]
}
