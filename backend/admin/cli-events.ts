/** `linklatch events` */
import * as v from 'valibot'
import { siteOf, type Command } from './command.ts'

const shownEvent = v.looseObject({ id: v.string(), at: v.number(), event: v.string() })

export const eventCommands: Command[] = [
  {
    verb: '',
    args: 0,
    takes: '[--newest] [--about ID] [--after ID] [--site ID | --server]',
    does: 'print the audit log of a site, oldest or newest first, or what belongs to no site; --about: what names that user, sign-in or session',
    async run(run) {
      const { admin, values, print } = run
      const query = new URLSearchParams({ order: values.newest ? 'newest' : 'oldest', about: values.about ?? '' }).toString()
      const base = values.server ? '' : `/sites/${await siteOf(run)}`
      const after = values.after === undefined ? '' : encodeURIComponent(values.after)
      for await (const item of admin.all(`${base}/events?${query}`, after)) {
        const { id, at, event, ...rest } = v.parse(shownEvent, item)
        print([id, new Date(at * 1000).toISOString(), event, ...Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`)].join('  '))
      }
    },
  },
]
