/** Tabs over plain W3C WebDriver. One session has one current window, so whatever is asked of its tabs goes in turn. */
import { writeFile } from 'node:fs/promises'
import { callSource, until } from './engine-process.ts'
import { launchLimitMs } from './engines.ts'
import type { Evaluate, Tab } from './engines.ts'

export type Call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>

const elementKey = 'element-6066-11e4-a52e-4f735466cecf'
const shadowKey = 'shadow-6066-11e4-a52e-4f735466cecf'
const keys = { Enter: '\uE007', Tab: '\uE004' }

export function webdriverTab(call: Call): () => Promise<Tab> {
  const turns = inTurn(call)
  let first = true
  return async () => {
    const handle = first ? await call('GET', '/window') : ((await call('POST', '/window/new', { type: 'tab' })) as { handle: string }).handle
    first = false
    return tab(call, (work) => turns(String(handle), work))
  }
}

type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

function inTurn(call: Call) {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(handle: string, work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(async () => {
      await call('POST', '/window', { handle })
      return work()
    })
    last = result.catch(() => undefined)
    return result
  }
}

function tab(call: Call, turn: InTurn): Tab {
  const element = (selector: string) => until(selector, launchLimitMs, () => turn(() => find(call, selector)).catch(() => undefined))
  const onElement = async (selector: string, what: string, body: unknown) => {
    const id = await element(selector)
    await turn(() => call('POST', `/element/${id}/${what}`, body))
  }
  return {
    goto: (url) => turn(async () => void (await call('POST', '/url', { url }))),
    back: () => turn(async () => void (await call('POST', '/back'))),
    reload: () => turn(async () => void (await call('POST', '/refresh'))),
    front: () => turn(async () => undefined),
    close: () => turn(async () => void (await call('DELETE', '/window'))),
    eval: evaluate(call, turn),
    inFrame: (prefix, fn, ...args) => turn(() => inFrame(call, prefix, () => run(call, callSource(fn, args)))) as Promise<Awaited<ReturnType<typeof fn>>>,
    click: (selector) => onElement(selector, 'click', {}),
    clickInFrame: (prefix, selector) => turn(() => inFrame(call, prefix, async () => void (await call('POST', `/element/${await find(call, selector)}/click`)))),
    type: (selector, text) => onElement(selector, 'value', { text }),
    press: (key) => turn(async () => {
      const focused = (await call('GET', '/element/active')) as Record<string, string>
      await call('POST', `/element/${focused[elementKey] ?? ''}/value`, { text: keys[key] })
    }),
    resize: () => Promise.reject(new Error('Without a window manager no window changes its size.')),
    screenshot: (file) => turn(async () => writeFile(`${file}.png`, Buffer.from(String(await call('GET', '/screenshot')), 'base64'))),
  }
}

function evaluate(call: Call, turn: InTurn): Evaluate {
  return async <Args extends unknown[], Result>(fn: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>> => (await turn(() => run(call, callSource(fn, args)))) as Awaited<Result>
}

async function run(call: Call, source: string): Promise<unknown> {
  const script = `const done = arguments[arguments.length - 1]; Promise.resolve().then(() => ${source}).then((value) => done({ value }), (error) => done({ error: String(error) }))`
  const { value, error } = (await call('POST', '/execute/async', { script, args: [] })) as { value?: unknown; error?: string }
  if (error !== undefined) throw new Error(error)
  return value
}

/** The element's id once it is there and drawn. */
async function find(call: Call, selector: string): Promise<string | undefined> {
  const [outer = '', ...inner] = selector.split(' >>> ')
  let found = (await call('POST', '/element', { using: 'css selector', value: outer })) as Record<string, string>
  for (const value of inner) {
    const root = (await call('GET', `/element/${found[elementKey] ?? ''}/shadow`)) as Record<string, string>
    found = (await call('POST', `/shadow/${root[shadowKey] ?? ''}/element`, { using: 'css selector', value })) as Record<string, string>
  }
  const id = found[elementKey] ?? ''
  return (await call('GET', `/element/${id}/displayed`)) === true ? id : undefined
}

async function inFrame<Result>(call: Call, prefix: string, work: () => Promise<Result>): Promise<Result> {
  const script = `const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    return all(document).find((one) => one.localName === 'iframe' && one.src.startsWith(arguments[0])) ?? null`
  const frame = await call('POST', '/execute/sync', { script, args: [prefix] })
  if (!frame) throw new Error(`No frame at ${prefix}`)
  await call('POST', '/frame', { id: frame })
  try {
    return await work()
  } finally {
    await call('POST', '/frame', { id: null })
  }
}
