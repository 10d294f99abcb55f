/** `linklatch events` */
import * as v from 'valibot'
import { siteOf, type Command } from './command.ts'

const shownEvent = v.looseObject({ id: v.string(), at: v.number(), event: v.string() })

export const eventCommands: Command[] = [
  {
    verb: '',
    args: 0,
    takes: '[--after ID] [--site ID | --server]',
    does: 'print the audit log of a site, oldest first, or what belongs to no site',
    async run(run) {
      const { admin, values, print } = run
      const base = values.server ? '' : `/sites/${await siteOf(run)}`
      const after = values.after === undefined ? '' : encodeURIComponent(values.after)
      for await (const item of admin.all(`${base}/events?`, after)) {
        const { id, at, event, ...rest } = v.parse(shownEvent, item)
        print([id, new Date(at * 1000).toISOString(), event, ...Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`)].join('  '))
      }
    },
  },
]
