import type { Context } from 'koa'

/**
 * What one step of a route finds for a later one; it goes with the request.
 * @param step whose finding it is: its name, for whoever leaves it out
 */
export function handedOn<Value>(step: string) {
  const key = Symbol(step)
  const of = (ctx: Context) => ctx.state as { [key]?: Value }
  return {
    keep(ctx: Context, value: Value): void {
      of(ctx)[key] = value
    },
    /** @throws {TypeError} where that step has not been */
    of(ctx: Context): Value {
      const value = of(ctx)[key]
      if (value === undefined) throw new TypeError(`${step} comes first`)
      return value
    },
  }
}
