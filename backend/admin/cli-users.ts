/** `linklatch users …`: a person is named by id or by address. */
import * as v from 'valibot'
import { Refused } from './admin-client.ts'
import { siteOf, userPath, type Command, type Run } from './command.ts'

const shownUser = v.object({
  id: v.string(),
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  invited: v.boolean(),
  blocked: v.boolean(),
  roles: v.array(v.string()),
  last_sign_in_at: v.optional(v.number()),
})
type ShownUser = v.InferOutput<typeof shownUser>

/** A verb that acts on one person. */
const onOne = (verb: string, does: string, act: (path: string, run: Run) => Promise<unknown>, done: string): Command => ({
  verb,
  args: 1,
  takes: 'USER [--site ID]',
  does,
  async run(run) {
    await act(await userPath(run), run)
    run.print(`${done} ${run.args[0] ?? ''}.`)
  },
})

export const userCommands: Command[] = [
  {
    verb: 'list',
    args: 0,
    takes: '[--search TEXT] [--site ID]',
    does: 'list the people of a site; --site may be left out where there is one',
    async run(run) {
      const query = run.values.search === undefined ? '' : `q=${encodeURIComponent(run.values.search)}`
      for await (const item of run.admin.all(`/sites/${await siteOf(run)}/users?${query}`)) run.print(lineOf(v.parse(shownUser, item)))
    },
  },
  {
    verb: 'invite',
    args: 1,
    takes: 'EMAIL|PHONE [--mail] [--site ID]',
    does: 'let an address (or +15550100200) sign in to a site of mode invite; --mail tells them',
    async run(run) {
      const { values: { mail }, args: [address = ''] } = run
      const { id } = v.parse(v.object({ id: v.string() }), await run.admin.call('POST', `/sites/${await siteOf(run)}/users`, { ...addressed(address), ...(mail && { mail }) }).catch((cause: unknown) => inFull(address, cause)))
      run.print(`Invited ${address} (${id}).`)
    },
  },
  {
    verb: 'move',
    args: 2,
    takes: 'USER EMAIL|PHONE [--site ID]',
    does: 'give an account another address: it stays the same account, everything begun with the old address is over, and that one is told',
    async run(run) {
      const [who = '', address = ''] = run.args
      await run.admin.call('PATCH', await userPath(run), addressed(address))
      run.print(`${who} signs in as ${address} from now on.`)
    },
  },
  onOne('block', 'end everything of a person, and let them sign in no more', (path, { admin }) => admin.call('PATCH', path, { blocked: true }), 'Blocked'),
  onOne('unblock', 'let them again', (path, { admin }) => admin.call('PATCH', path, { blocked: false }), 'Unblocked'),
  onOne('revoke', 'end every session and pending sign-in of a person', (path, { admin }) => admin.call('POST', `${path}/revoke`), 'Signed out'),
  onOne('remove', 'erase a person with all that is kept about them', (path, { admin }) => admin.call('DELETE', path), 'Erased'),
  {
    verb: 'export',
    args: 1,
    takes: 'USER [--site ID]',
    does: 'print everything kept about a person, as JSON',
    async run(run) {
      run.print(JSON.stringify(await run.admin.call('GET', `${await userPath(run)}/export`), null, 2))
    },
  },
]

/** As the API takes it: a number begins with a plus. */
const addressed = (address: string): { email?: string; phone?: string } => ({ [address.startsWith('+') ? 'phone' : 'email']: address })

/** Past the budget of mails the backend refuses the mail alone. */
function inFull(address: string, cause: unknown): never {
  if (!(cause instanceof Refused) || cause.code !== 'rate_limited') throw cause
  const wait = cause.retryAfterSeconds === undefined ? 'a while' : `${cause.retryAfterSeconds} s`
  throw new Error(`${address} is invited, but no mail went out: too many went to this address lately; run it again in ${wait}`, { cause })
}

function lineOf({ id, email, phone, invited, blocked, roles, last_sign_in_at: last }: ShownUser): string {
  const seen = last === undefined ? 'never signed in' : `last signed in ${new Date(last * 1000).toISOString()}`
  return [id, email ?? phone ?? '', seen, ...(invited ? ['invited'] : []), ...(blocked ? ['blocked'] : []), ...roles].join('  ')
}
