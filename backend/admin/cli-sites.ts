/** `linklatch sites …` */
import * as v from 'valibot'
import type { Command, Values } from './command.ts'

const shownSite = v.looseObject({ id: v.string(), name: v.string(), origins: v.array(v.string()), snippet: v.string(), webhook_secret: v.optional(v.string()) })

export const siteCommands: Command[] = [
  {
    verb: 'add',
    args: 0,
    takes: `--name NAME --origin https://shop.example --landing https://shop.example/ [--locale de] [--logo URL] [--color '#0f4a46'] [--webhook URL]`,
    does: 'add a site and print the snippet to paste; --origin and --landing may come more than once, --mode invite and --allowed-domain DOMAIN narrow who may sign in; with --strict yes a link signs in only the browser that asked, with --code-only yes mails hold a code and no link, --link-ttl SECONDS makes its life shorter',
    async run({ admin, values, print }) {
      if (!values.name || !values.origin) throw new Error('sites add needs --name and at least one --origin')
      const { id, name, snippet, webhook_secret: secret } = v.parse(shownSite, await admin.call('POST', '/sites', siteFrom(values)))
      if (secret !== undefined) print(secretLine(secret))
      print(`Added ${name} (${id}). Paste this into the page where people sign in, and into the landing page:\n\n${snippet}\n`)
    },
  },
  {
    verb: 'list',
    args: 0,
    takes: '',
    does: 'list the sites',
    async run({ admin, print }) {
      const { items } = v.parse(v.object({ items: v.array(shownSite) }), await admin.call('GET', '/sites'))
      if (items.length === 0) return print('No sites yet: linklatch sites add --name NAME --origin https://… --landing https://…/')
      for (const { id, name, origins } of items) print(`${id}  ${name}  ${origins.join(' ')}`)
    },
  },
  {
    verb: 'show',
    args: 1,
    takes: 'ID',
    does: 'show a site’s settings and its snippet',
    async run({ admin, args, print }) {
      const { snippet, ...site } = v.parse(shownSite, await admin.call('GET', pathOf(args)))
      print(`${JSON.stringify(site, null, 2)}\n\n${snippet}`)
    },
  },
  {
    verb: 'change',
    args: 1,
    takes: `ID [--name …] [--origin …] [--landing …] [--mode …] [--strict yes|no] [--code-only yes|no] [--allowed-domain …] [--link-ttl SECONDS] [--locale de] [--logo URL] [--color '#0f4a46'] [--webhook URL]`,
    does: 'change what is named; lists are replaced, and who may not sign in any more by it is out at once',
    async run({ admin, args, values, print }) {
      const { name, webhook_secret: secret } = v.parse(shownSite, await admin.call('PATCH', pathOf(args), siteFrom(values)))
      if (secret !== undefined) print(secretLine(secret))
      print(`Changed ${name}.`)
    },
  },
  {
    verb: 'webhook-secret',
    args: 1,
    takes: 'ID',
    does: 'make a new secret for the site’s webhook; the one before signs for a day more',
    async run({ admin, args, print }) {
      const { webhook_secret: secret } = v.parse(v.object({ webhook_secret: v.string() }), await admin.call('POST', `${pathOf(args)}/webhook/secret`, {}))
      print(secretLine(secret))
    },
  },
  {
    verb: 'webhook-test',
    args: 1,
    takes: 'ID',
    does: 'send an event webhook.test to the site’s webhook now, and say what came of it',
    async run({ admin, args, print }) {
      const { taken, reason } = v.parse(v.object({ taken: v.boolean(), reason: v.optional(v.string()) }), await admin.call('POST', `${pathOf(args)}/webhook/test`, {}))
      if (!taken) throw new Error(`the webhook did not take it: ${reason ?? 'no reason given'}`)
      print('Taken.')
    },
  },
  {
    verb: 'remove',
    args: 1,
    takes: 'ID',
    does: 'remove a site with its users, sessions and events',
    async run({ admin, args: [id = ''], print }) {
      await admin.call('DELETE', pathOf([id]))
      print(`Removed ${id} with its users and sessions.`)
    },
  },
]

const secretLine = (secret: string): string => `The webhook’s secret, which is shown this once: ${secret}`

/** What is neither is refused by the API, in its words. */
const yesOrNo = (said: string): boolean | string => said === 'yes' || (said !== 'no' && said)

const pathOf = ([id = '']: string[]): string => `/sites/${encodeURIComponent(id)}`

function siteFrom(values: Values): object {
  const domains = values['allowed-domain']
  return {
    ...(values.name !== undefined && { name: values.name }),
    ...(values.origin && { origins: values.origin }),
    ...(values.landing && { landing_urls: values.landing }),
    ...(values.mode !== undefined && { mode: values.mode }),
    ...(values.strict !== undefined && { strict: yesOrNo(values.strict) }),
    ...(values['code-only'] !== undefined && { code_only: yesOrNo(values['code-only']) }),
    // One empty word takes the list away.
    ...(domains && { allowed_domains: domains.filter((domain) => domain !== '') }),
    ...(values['link-ttl'] !== undefined && { link_ttl: Number(values['link-ttl']) }),
    ...(values.locale !== undefined && { locale: values.locale }),
    ...(values.logo !== undefined && { logo_url: values.logo }),
    ...(values.color !== undefined && { accent_color: values.color }),
    ...(values.webhook !== undefined && { webhook: { url: values.webhook } }),
  }
}
