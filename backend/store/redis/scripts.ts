/** What runs inside Redis. Each is one atomic step. `#!lua` makes Redis refuse it as a whole where memory is full, before it begins (Redis 7). */
import { createHash } from 'node:crypto'

export type Script = { text: string; sha: string }

const script = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') })

/** What SET makes of a counter from which one is taken; where its budget has none left nothing, and whole seconds until it has. */
const oneMoreText = `
local function oneMore(key, now, max, seconds)
  local started, taken = string.match(redis.call('GET', key) or '', '^(%S+) (%d+)$')
  local left = started and tonumber(started) + tonumber(seconds) - tonumber(now) or 0
  local isNew = left <= 0
  if isNew then started, taken, left = now, 0, tonumber(seconds) end
  if tonumber(taken) >= tonumber(max) then return nil, math.max(1, math.ceil(left)) end
  local value = started .. ' ' .. string.format('%d', tonumber(taken) + 1)
  if isNew then return {key, value, 'PX', math.ceil(left * 1000) + 60000} end
  return {key, value, 'KEEPTTL'}
end
`

/**
 * Checks that everything is as it was read and that budgets have one left, then takes that and makes every change, or does nothing.
 * KEYS: the epoch's, then any. ARGV: the epoch; how many checks; each check: key number, version ('': absent) and, for a field of a hash,
 * the field ('': none); how many are taken; of each: key number, now, max, seconds; then each change: how many arguments, command, key number
 * (0: none), arguments. 'done', 'conflict', 'full' (a budget) or 'epoch'.
 */
const commitText = `${oneMoreText}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'epoch' end
local at = 3
for _ = 1, tonumber(ARGV[2]) do
  local key, wanted, field = KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2]
  at = at + 3
  if field ~= '' then
    if (redis.call('HGET', key, field) or '') ~= wanted then return 'conflict' end
  elseif wanted == '' then
    if redis.call('EXISTS', key) == 1 then return 'conflict' end
  elseif redis.call('GETRANGE', key, 0, #wanted) ~= wanted .. '\\n' then
    return 'conflict'
  end
end
local takes = {}
for take = 1, tonumber(ARGV[at]) do
  takes[take] = oneMore(KEYS[tonumber(ARGV[at + 1])], unpack(ARGV, at + 2, at + 4))
  if not takes[take] then return 'full' end
  at = at + 4
end
for _, take in ipairs(takes) do redis.call('SET', unpack(take)) end
at = at + 1
while at <= #ARGV do
  local last, command, key = at + 2 + tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2])
  if key == 0 then redis.call(command, unpack(ARGV, at + 3, last))
  else redis.call(command, KEYS[key], unpack(ARGV, at + 3, last)) end
  at = last + 1
end
return 'done'
`

export type Commits = {
  all: Script
  /** For changes that only remove: they have to work where memory is full. */
  removing: Script
}

/** Of one life of a server, which is in their text: a server that was the master before knows those of that life only. */
export const commitsOf = (life: string): Commits => ({
  all: script(`#!lua\n-- ${life}\n${commitText}`),
  removing: script(`#!lua flags=allow-oom\n-- ${life}\n${commitText}`),
})

/**
 * The life of this server: see \`epoch.ts\`. KEYS: epoch, clock. ARGV: a new epoch, this process's time. Gives the epoch, whether it is new
 * ('first', 'new', 'same'), and the time in seconds, never less than it has ever been here.
 */
export const greetScript = script(`#!lua flags=allow-oom
local server, replication = redis.call('INFO', 'server'), redis.call('INFO', 'replication')
local run, history = string.match(server, 'run_id:(%w+)'), string.match(replication, 'master_replid:(%w+)')
local isPromoted = string.find(replication, 'master_replid2:0+%s') == nil
local kept = redis.call('GET', KEYS[1])
local epoch, keptRun, keptHistory = string.match(kept or '', '^(%S+) (%S+) (%S+)$')
local verdict = 'same'
if not epoch then verdict = 'first'
elseif keptRun ~= run or (isPromoted and keptHistory ~= history) then verdict = 'new' end
if verdict ~= 'same' then epoch = ARGV[1] end
local value = epoch .. ' ' .. run .. ' ' .. history
if kept ~= value then redis.call('SET', KEYS[1], value) end
local time = redis.call('TIME')
local now = time[1] .. '.' .. string.format('%06d', tonumber(time[2]))
local newest = redis.call('GET', KEYS[2])
if newest and tonumber(newest) > tonumber(now) then
  if tonumber(ARGV[2]) > tonumber(newest) then redis.call('SET', KEYS[2], ARGV[2]) else ARGV[2] = newest end
  return {value, verdict, ARGV[2], now}
end
redis.call('SET', KEYS[2], now)
return {value, verdict, now, now}
`)

/** What a completing step looks at, in one go. KEYS: the sign-in. ARGV: the shard's prefix. */
export const completingScript = script(`#!lua flags=no-writes
local signIn = redis.call('GET', KEYS[1])
if not signIn then return {} end
local _, _, site, address, session = string.find(signIn, '^[^\\n]*\\n[^\\n]*\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n')
local user = redis.call('HGET', ARGV[1] .. 'addresses:' .. site, address)
return {signIn, redis.call('GET', ARGV[1] .. 'site:' .. site), user and redis.call('GET', ARGV[1] .. 'u:' .. site .. ':' .. user) or false, session ~= '' and redis.call('GET', ARGV[1] .. 's:' .. site .. ':' .. session) or false}
`)

/** KEYS: site, session. ARGV: the prefix of that site's users. Gives the two and the session's user. */
export const findSessionScript = script(`#!lua flags=no-writes
local session = redis.call('GET', KEYS[2])
local user = session and string.match(session, '"userId":"([^"]*)"')
return {redis.call('GET', KEYS[1]), session, user and redis.call('GET', ARGV[1] .. user)}
`)

/** KEYS: sets of ids of sites. ARGV: the prefix of sites. Gives each site that is in one of them. */
export const listingScript = script(`#!lua flags=no-writes
local sites = {}
for _, id in ipairs(redis.call('SUNION', unpack(KEYS))) do
  local site = redis.call('GET', ARGV[1] .. id)
  if site then sites[#sites + 1] = site end
end
return sites
`)

/** KEYS: addresses. ARGV: address, the prefix of users. */
export const findUserScript = script(`#!lua flags=no-writes
local id = redis.call('HGET', KEYS[1], ARGV[1])
return id and redis.call('GET', ARGV[2] .. id)
`)

/** KEYS: counters. ARGV: now, max, seconds of each. Takes one from each in turn; where one has none, its number and whole seconds until it has. */
export const takeScript = script(`#!lua
${oneMoreText}
for i, key in ipairs(KEYS) do
  local one, left = oneMore(key, unpack(ARGV, 3 * i - 2, 3 * i))
  if not one then return {tostring(i), string.format('%d', left)} end
  redis.call('SET', unpack(one))
end
return {}
`)

/** KEYS: a counter. ARGV: when it was taken: a window that began later is another one. */
export const giveBackScript = script(`#!lua flags=allow-oom
local started, taken = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%d+)$')
if not started or tonumber(started) > tonumber(ARGV[1]) then return 0 end
if tonumber(taken) > 1 then redis.call('SET', KEYS[1], started .. ' ' .. (tonumber(taken) - 1), 'KEEPTTL') else redis.call('DEL', KEYS[1]) end
return 1
`)

/**
 * KEYS: a log; the number of its writer's last batch. ARGV: how many to keep; for how long from now on, in ms; the number of this batch; then
 * milliseconds and text of each event. Their order is kept, whatever the clock did. A batch that is there already, since its answer was lost, is left.
 */
export const appendEventsScript = script(`#!lua
local written = redis.call('GET', KEYS[2])
if written and tonumber(written) >= tonumber(ARGV[3]) then return 0 end
for at = 4, #ARGV, 2 do
  local added = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[at] .. '-*', 'e', ARGV[at + 1])
  if type(added) == 'table' and added.err then
    local info = redis.call('XINFO', 'STREAM', KEYS[1])
    local last = ''
    for i = 1, #info, 2 do if info[i] == 'last-generated-id' then last = info[i + 1] end end
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], string.match(last, '^%d+') .. '-*', 'e', ARGV[at + 1])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'PX', 86400000)
return 1
`)
