/** Processes of a benchmark and what they say to each other: one question, one answer, over Node's own channel. */
import { fork, type ChildProcess } from 'node:child_process'
import { extname, join } from 'node:path'

export type Child = {
  /** Rejects with what went wrong there, or when the process ends first. */
  ask<Answer>(question: string, input?: object): Promise<Answer>
  stop(): Promise<void>
}

type Question = { id: number; question: string; input: object }
type Answer = { id: number; answer?: unknown; failure?: string }
type Waiting = { resolve(answer: unknown): void; reject(error: Error): void }

export type ChildOptions = {
  env?: Record<string, string>
  nodeFlags?: string[]
  /** Where its standard output goes: an open file, or nowhere. */
  stdout?: number
}

/** Starts `NAME.ts` of this folder (or the `.js` of the build) as a process of its own. */
export function startChild(name: string, { env = {}, nodeFlags = [], stdout }: ChildOptions = {}): Child {
  const file = join(import.meta.dirname, `${name}${extname(import.meta.filename)}`)
  const child = fork(file, [], { execArgv: [...process.execArgv, ...nodeFlags], env: { ...process.env, ...env }, stdio: ['ignore', stdout ?? 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })
  const waiting = new Map<number, Waiting>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (message) => settle(waiting, message as Answer))
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended`))
  })
  let questions = 0
  return {
    ask<Answer>(question: string, input: object = {}) {
      const id = (questions += 1)
      return new Promise<Answer>((resolve, reject) => {
        // Both ends are of one program: the answer is what the handler of that question gives.
        waiting.set(id, { resolve: (answer) => resolve(answer as Answer), reject })
        child.send({ id, question, input } satisfies Question)
      })
    },
    stop: () => stop(child, ended),
  }
}

function settle(waiting: Map<number, Waiting>, { id, answer, failure }: Answer): void {
  const asker = waiting.get(id)
  waiting.delete(id)
  if (failure === undefined) asker?.resolve(answer)
  else asker?.reject(new Error(failure))
}

/** Asks it to end, and makes it end when it does not. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect()
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(late)
}

type Handlers = Record<string, (input: never) => unknown>

/** In a child: answers the parent's questions, and ends by `close` when the parent has gone. */
export function answerParent(handlers: Handlers, close: () => Promise<void> = async () => {}): void {
  process.on('message', (message) => void answer(handlers, message as Question))
  process.once('disconnect', () => void close().finally(() => process.exit()))
}

async function answer(handlers: Handlers, { id, question, input }: Question): Promise<void> {
  try {
    const handler = handlers[question]
    if (!handler) throw new Error(`no answer to ${question}`)
    process.send?.({ id, answer: await handler(input as never) } satisfies Answer)
  } catch (error) {
    process.send?.({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Answer)
  }
}
