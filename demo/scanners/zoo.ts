/** The scanner zoo: who opens mailed links besides people, what each does, and what is left of the sign-in afterwards. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { publicUrl } from '../../backend/testing/backend.ts'
import type { Answer } from '../../backend/testing/koa-server.ts'
import { wrongNumber, formHeaders, type Leaves, type Mail, type Scene } from './mailed.ts'

export type Scanner = [name: string, does: (mail: Mail, scene: Scene) => Promise<void>, leaves: Leaves]

const times = (count: number) => Array.from({ length: count }, (_, index) => index)
const statuses = (answers: Answer[]) => answers.map(({ status }) => status)
const count = (answers: Answer[], wanted: number) => statuses(answers).filter((status) => status === wanted).length

const prefetchers: Record<string, Record<string, string>> = {
  'Purpose: prefetch': { Purpose: 'prefetch' },
  'Sec-Purpose: prefetch;prerender': { 'Sec-Purpose': 'prefetch;prerender', 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
  'X-Moz: prefetch': { 'X-Moz': 'prefetch' },
  'X-Purpose: preview': { 'X-Purpose': 'preview' },
}

const previewers: Record<string, string> = {
  Slack: 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  WhatsApp: 'WhatsApp/2.24.6.77 A',
  Outlook: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 SkypeUriPreview Preview/0.5',
  'a client without a name': '',
}

const otherVerbs = ['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'SEARCH', 'LINK', 'UNLINK', 'PURGE', 'LOCK', 'REPORT', 'MERGE', 'QUERY']

/** Opens what a link leads to, too: a landing page's script sends strangers on to the approve page. */
async function follow(mail: Mail, headers: Record<string, string> = {}): Promise<void> {
  const { headers: { location = '' } } = await mail.visit(mail.link, { headers })
  const arrival = String(location).split('#linklatch=')[1] ?? ''
  await mail.visit(`/approve?token=${arrival}`, { headers })
  await mail.visit(`/approve?token=${mail.token}`, { headers })
}

/** A stranger to V who knows the sign-in's id, which is in every link, and the code. */
async function tryEveryCall(mail: Mail): Promise<void> {
  const { jti: id } = JSON.parse(Buffer.from(mail.token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }
  const verifier = randomBytes(32).toString('base64url')
  const arrival = String((await mail.visit(mail.link)).headers.location).split('#linklatch=')[1]
  const headers = { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin', Origin: publicUrl }
  const post = (path: string, body: object) => mail.ask({ method: 'POST', path, headers, body: JSON.stringify(body) })
  const answers = [
    await post(`/v1/sign-ins/${id}/cancel`, { verifier }),
    await post(`/v1/sign-ins/${id}/resend`, { verifier }),
    await post('/v1/sessions', { sign_in: id, verifier }),
    await post('/v1/sessions', { sign_in: id, verifier, code: mail.code }),
    await post('/v1/sessions', { arrival, verifier }),
    await post('/v1/sessions', { handoff: arrival }),
    await post('/v1/sessions', { handoff: mail.token }),
  ]
  assert.deepEqual(new Set(statuses(answers)), new Set([401]))
}

async function pressAtOnce(mail: Mail, fields: Record<string, string>[]): Promise<Answer[]> {
  return Promise.all(fields.map((each) => mail.press(each)))
}

export const scanners: Scanner[] = [
  ['HEAD, twenty times', async (mail) => { for (const _ of times(20)) await mail.visit(mail.link, { method: 'HEAD' }) }, 'everything'],
  ['a GET', async (mail) => assert.equal((await mail.visit(mail.link)).status, 303), 'everything'],
  ['a GET twenty times, all at once', async (mail) => {
    const answers = await Promise.all(times(20).map(() => mail.visit(mail.link)))
    assert.equal(count(answers, 303), 20)
  }, 'everything'],
  ['a program that follows every redirect and page', (mail) => follow(mail), 'everything'],
  ...Object.entries(prefetchers).map(([name, headers]): Scanner => [`a prefetch (${name})`, (mail) => follow(mail, headers), 'everything']),
  ...Object.entries(previewers).map(([name, agent]): Scanner => [`the link preview of ${name}`, (mail) => follow(mail, { 'User-Agent': agent }), 'everything']),
  ['every other verb, on the link and on the approve page', async (mail) => {
    for (const method of otherVerbs) {
      for (const path of ['/link', '/approve']) {
        const { status } = await mail.ask({ method, path: `${path}?token=${mail.token}` })
        assert.ok((status >= 400 && status < 500) || method === 'OPTIONS', `${method} ${path}: ${status}`)
      }
    }
  }, 'everything'],
  ['a POST of the link itself', async (mail) => assert.equal((await mail.visit(mail.link, { method: 'POST', headers: formHeaders, body: '' })).status, 405), 'everything'],
  ['a bot that has read the mail and tries every call with a verifier of its own', tryEveryCall, 'everything'],
  ['a bot that takes the link’s id for the challenge’s answer', async (mail) => {
    const verifier = createHash('sha256').update(mail.token).digest('base64url')
    const answer = await mail.ask({ method: 'POST', path: '/v1/sessions', headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }, body: JSON.stringify({ arrival: mail.token, verifier }) })
    assert.equal(answer.status, 401)
  }, 'everything'],

  // Presses
  ['a form without Sec-Fetch headers and without an origin', async (mail) => {
    for (const choice of ['there', 'here', 'reject']) assert.equal((await mail.press({ choice, number: '07' }, {})).status, 403)
  }, 'everything'],
  ['a form from another origin, with and without Sec-Fetch headers', async (mail) => {
    for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site', Origin: publicUrl }, { 'Sec-Fetch-Site': 'same-site', Origin: publicUrl }]) {
      for (const choice of ['there', 'here', 'reject']) assert.equal((await mail.press({ choice, number: '07' }, headers)).status, 403)
    }
  }, 'everything'],
  ['a form inside a frame', async (mail) => {
    for (const choice of ['there', 'here', 'reject']) assert.equal((await mail.press({ choice, number: '07' }, { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'iframe' })).status, 403)
  }, 'everything'],
  ['fifty presses of “there” at once, without a number', async (mail) => assert.equal(count(await pressAtOnce(mail, times(50).map(() => ({ choice: 'there' }))), 422), 50), 'everything'],
  ['fifty presses of no button, of an unknown one, and of two', async (mail) => {
    const bodies = ['', '&choice=', '&choice=yes', '&choice=here&choice=here', '&choice=there&number=07&number=08']
    const answers = await Promise.all(times(50).map((nth) => mail.ask({ method: 'POST', path: '/approve', headers: { ...formHeaders, 'Sec-Fetch-Site': 'same-origin' }, body: `token=${mail.token}${bodies[nth % bodies.length]}` })))
    assert.equal(count(answers, 400), 50)
  }, 'everything'],
  ['one wrong number', async (mail, scene) => assert.equal((await mail.press({ choice: 'there', number: wrongNumber(scene) })).status, 422), 'one try of the number'],
  ['a bot that guesses the number, one after the other', async (mail, scene) => {
    const answers = []
    for (const nth of times(20)) answers.push(await mail.press({ choice: 'there', number: wrongNumber(scene, nth) }))
    assert.deepEqual(statuses(answers), [422, ...times(19).map(() => 410)])
  }, 'a stopped sign-in'],
  ['fifty presses of “there” at once, with wrong numbers', async (mail, scene) => {
    const answers = await pressAtOnce(mail, times(50).map((nth) => ({ choice: 'there', number: wrongNumber(scene, nth) })))
    assert.deepEqual([count(answers, 422), count(answers, 410)], [1, 49])
  }, 'a stopped sign-in'],
  ['fifty presses of “this wasn’t me” at once', async (mail) => {
    const answers = await pressAtOnce(mail, times(50).map(() => ({ choice: 'reject' })))
    assert.deepEqual([count(answers, 200), count(answers, 410)], [1, 49])
  }, 'a stopped sign-in'],
  ['fifty presses of “here” at once', async (mail) => {
    const answers = await pressAtOnce(mail, times(50).map(() => ({ choice: 'here' })))
    assert.deepEqual([count(answers, 303), count(answers, 410)], [1, 49])
  }, 'a moved sign-in'],
  ['a press of “here”, then of all else', async (mail, scene) => {
    await mail.press({ choice: 'here' })
    const answers = await pressAtOnce(mail, ['there', 'here', 'reject'].map((choice) => ({ choice, number: scene.person.started.number })))
    assert.deepEqual(new Set(statuses(answers)), new Set([410]))
  }, 'a moved sign-in'],
  ['a press of “this wasn’t me”, then of all else', async (mail, scene) => {
    await mail.press({ choice: 'reject' })
    const answers = await pressAtOnce(mail, ['there', 'here', 'reject'].map((choice) => ({ choice, number: scene.person.started.number })))
    assert.deepEqual(new Set(statuses(answers)), new Set([410]))
  }, 'a stopped sign-in'],
]

/** A mail gateway that rewrites the link → whether it still leads on. What does not is a page that says so, and burns nothing. */
export const gateways: [what: string, rewrite: (link: string, token: string) => string, leads: boolean][] = [
  ['writes the host in capitals', (link) => link.replace('auth.example.com', 'AUTH.EXAMPLE.COM'), true],
  ['adds campaign parameters behind', (link) => `${link}&utm_source=mail&utm_medium=email`, true],
  ['adds campaign parameters in front', (link) => link.replace('?', '?utm_source=mail&'), true],
  ['adds what a protected link carries', (link) => `${link}&data=05%7C02%7Canna%40example.com%7C&sdata=abc%3D&reserved=0`, true],
  ['adds as many parameters as fit', (link) => `${link}&${Array.from({ length: 900 }, (_, n) => `a${n}=`).join('&')}`, true],
  ['leaves & as &amp;', (link) => `${link}&amp;utm_source=mail`, true],
  ['escapes every character of the token', (link, token) => link.replace(token, [...token].map((each) => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')), true],
  ['escapes the dots of the token', (link, token) => link.replace(token, token.replaceAll('.', '%2E')), true],
  ['adds a fragment', (link) => `${link}#top`, true],
  ['adds an empty parameter', (link) => `${link}&`, true],
  ['adds a space, or the = of base64', (link) => `${link}=%20`, true],
  ['escapes twice', (link, token) => link.replace(token, token.replaceAll('.', '%252E')), false],
  ['adds a question mark', (link) => `${link}?`, false],
  ['adds a dot', (link) => `${link}.`, false],
  ['adds a >', (link) => `${link}>`, false],
  ['adds an escaped >', (link) => `${link}%3E`, false],
  ['adds a bracket', (link) => `${link})`, false],
  ['adds a NUL', (link) => `${link}%00`, false],
  ['leaves = as quoted-printable has it', (link) => link.replace('=', '=3D'), false],
  ['leaves a soft line break in the token', (link, token) => link.replace(token, `${token.slice(0, 60)}=%0D%0A${token.slice(60)}`), false],
  ['cuts the link at 76 characters', (link) => link.slice(0, 76), false],
  ['takes the last character away', (link) => link.slice(0, -2), false],
  ['writes the whole link in small letters', (link) => link.toLowerCase(), false],
  ['writes the token twice', (link, token) => `${link}&token=${token}`, false],
  ['takes the parameters away', (link) => link.replace(/\?.*/, ''), false],
  ['breaks an escape', (link) => link.replace('token=', 'token=%'), false],
  ['breaks an escape into bytes that are no UTF-8', (link) => link.replace('token=', 'token=%FF%FE'), false],
  ['adds a slash to the path', (link) => link.replace('/link', '/link/'), false],
  ['writes the path in capitals', (link) => link.replace('/link', '/LINK'), false],
]
