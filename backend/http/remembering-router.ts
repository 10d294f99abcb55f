/** The router of `routes.ts`. */
import Router from '@koa/router'

/**
 * A router asks each of its patterns about each path: some sixty regular expressions a request. What it found for a path that a route names as it is, without
 * parameters, it would find again, so that is remembered; there are as many of those as there are such routes and methods.
 */
export class RememberingRouter extends Router {
  readonly #found = new Map<string, ReturnType<Router['match']>>()

  override match(path: string, method: string): ReturnType<Router['match']> {
    const key = `${method} ${path}`
    const known = this.#found.get(key)
    if (known) return known
    const found = super.match(path, method)
    if (found.route && found.path.every((layer) => layer.path === path)) this.#found.set(key, found)
    return found
  }
}
