/**
 * What a process did to files and sockets, read from `strace -f -yy -xx`. Only what the checkers need: bytes that were written, syncs,
 * names that came and went, answers that left. Pure.
 */

/** `begins` and `ends` are places in the trace: a call has its effect somewhere between the two. */
type During = { begins: number; ends: number }

export type Event = During &
  (
    | { kind: 'create'; path: string }
    | { kind: 'mkdir'; path: string }
    /** `position` left out: where the file ended. */
    | { kind: 'write'; path: string; position?: number; bytes: Buffer }
    | { kind: 'truncate'; path: string; length: number }
    /** fsync or fdatasync, of a file or a directory. */
    | { kind: 'sync'; path: string }
    | { kind: 'rename'; from: string; to: string }
    | { kind: 'link'; from: string; to: string }
    | { kind: 'unlink'; path: string }
    /** An HTTP answer begins to leave for the client's `port`. */
    | { kind: 'answer'; port: number; status: number }
  )

type Call = During & { name: string; args: string; result: string }

/** strace's arguments for what `parseTrace` reads. */
export const straceArguments = [
  '-f', '-qq', '-yy', '-xx', '-s', '10000000', '--signal=none', '--seccomp-bpf',
  '-e', 'trace=openat,open,creat,write,pwrite64,writev,pwritev,sendto,sendmsg,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,unlink,unlinkat,ftruncate,mkdir,mkdirat',
]

/** In the order in which the calls ended; calls that failed are left out. */
export function parseTrace(text: string): Event[] {
  return callsOf(text).flatMap((call) => {
    const event = readers[call.name]?.(call)
    return event ? [{ ...event, begins: call.begins, ends: call.ends } as Event] : []
  })
}

/** Joins `<unfinished ...>` with its `<... resumed>`: threads take turns in the trace. */
function callsOf(text: string): Call[] {
  const unfinished = new Map<string, { begins: number; text: string }>()
  const calls: Call[] = []
  for (const [place, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    if (rest.endsWith(' <unfinished ...>')) {
      unfinished.set(thread, { begins: place, text: rest.slice(0, -' <unfinished ...>'.length) })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    const before = resumed && unfinished.get(thread)
    const call = parseCall(before ? before.text + (resumed[1] ?? '') : rest, before ? before.begins : place, place)
    if (call) calls.push(call)
  }
  return calls
}

function parseCall(text: string, begins: number, ends: number): Call | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(') ')
  const result = /^\)\s+= (-?\d+)/.exec(text.slice(close))?.[1]
  if (open < 1 || close < open || result === undefined || result.startsWith('-')) return undefined
  return { name: text.slice(0, open), args: text.slice(open + 1, close), result: text.slice(close), begins, ends }
}

type Reader = (call: Call) => object | undefined

const opened: Reader = ({ args, result }) => {
  const path = /<([^>]*)>/.exec(result)?.[1]
  return path !== undefined && /O_CREAT/.test(args) ? { kind: 'create', path: unhex(path).toString() } : undefined
}
const synced: Reader = ({ args }) => ({ kind: 'sync', path: pathOfHandle(args) })
const written: Reader = ({ args, result }) => {
  const bytes = bytesIn(args).subarray(0, Number(/= (\d+)/.exec(result)?.[1]))
  const port = portOfHandle(args)
  if (port === undefined) {
    return { kind: 'write', path: pathOfHandle(args), bytes, position: Number(args.slice(args.lastIndexOf(', ') + 2)) }
  }
  const status = /^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1', 0, 16))?.[1]
  return status === undefined ? undefined : { kind: 'answer', port, status: Number(status) }
}
const renamed: Reader = ({ args }) => ({ kind: 'rename', from: textsIn(args)[0], to: textsIn(args)[1] })
const linked: Reader = ({ args }) => ({ kind: 'link', from: textsIn(args)[0], to: textsIn(args)[1] })
const unlinked: Reader = ({ args }) => ({ kind: 'unlink', path: textsIn(args)[0] })
const made: Reader = ({ args }) => ({ kind: 'mkdir', path: textsIn(args)[0] })
const truncated: Reader = ({ args }) => ({ kind: 'truncate', path: pathOfHandle(args), length: Number(/, (\d+)$/.exec(args)?.[1]) })
/** `write` and `writev` go on where the file ended. */
const appended: Reader = (call) => {
  const event = written(call)
  if (event && 'position' in event) delete event.position
  return event
}

const readers: Record<string, Reader> = {
  openat: opened, open: opened, creat: opened,
  fsync: synced, fdatasync: synced,
  pwrite64: written, pwritev: written, write: appended, writev: appended, sendto: appended, sendmsg: appended,
  rename: renamed, renameat: renamed, renameat2: renamed, link: linked, linkat: linked,
  unlink: unlinked, unlinkat: unlinked, mkdir: made, mkdirat: made, ftruncate: truncated,
}

const pathOfHandle = (args: string): string => unhex(/^\d+<([^>]*)>/.exec(args)?.[1] ?? '').toString()

/** The client's, where the handle is a TCP socket: `12<TCP:[127.0.0.1:4600->127.0.0.1:50000]>`. */
function portOfHandle(args: string): number | undefined {
  const port = /^\d+<TCP(?:v6)?:\[.*->.*:(\d+)\]>/.exec(args)?.[1]
  return port === undefined ? undefined : Number(port)
}

const textsIn = (args: string): string[] => [...args.matchAll(/"([^"]*)"/g)].map(([, text = '']) => unhex(text).toString())

const bytesIn = (args: string): Buffer => Buffer.concat([...args.matchAll(/"([^"]*)"/g)].map(([, text = '']) => unhex(text)))

/** With `-xx` every text is written `\x2f\x74…`. */
function unhex(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text)
}
