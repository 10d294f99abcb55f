/** The loader: makes the requests it is given over its connections, or whole sign-ins, and times each. */
import { createInterface } from 'node:readline'
import { connect } from 'node:net'
import { answerParent } from './child.ts'
import { Connection, type Answer } from './connection.ts'
import { arrivalOf, claimByArrival, newPerson, openLink, startSignIn, type Host } from './requests.ts'

/** Connections are spread over the ports: one for each process. */
export type Job = { ports: number[]; connections: number; requests: string[]; /** How often all of them. */ times?: number }
export type Done = { seconds: number; latenciesMs: number[]; answers: Answer[] }
export type FlowJob = Host & { ports: number[]; lookUpPort: number; connections: number; count: number; name: string; /** Left out: each begins when a connection is free. */ perSecond?: number }

async function overConnections(ports: number[], connections: number, work: (connection: Connection) => Promise<void>): Promise<number> {
  const open = await Promise.all(Array.from({ length: connections }, (_, index) => Connection.open(ports[index % ports.length] ?? 0)))
  const startedAt = performance.now()
  await Promise.all(open.map(work))
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of open) connection.close()
  return seconds
}

/** Answers are kept where each request is made once: a repeated one is checked by its status alone. */
async function run({ ports, connections, requests, times = 1 }: Job): Promise<Done> {
  const total = requests.length * times
  const latenciesMs: number[] = []
  const answers: Answer[] = []
  let next = 0
  const seconds = await overConnections(ports, connections, async (connection) => {
    while (next < total) {
      const index = next
      next += 1
      const sentAt = performance.now()
      const answer = await connection.send(requests[index % requests.length] ?? '')
      latenciesMs.push(performance.now() - sentAt)
      if (times === 1) answers[index] = answer
      else if (answer.status >= 400) throw new Error(`answered ${answer.status}`)
    }
  })
  return { seconds, latenciesMs, answers }
}

/** Start, mail, link, session: one after another for each person. */
async function runFlows(job: FlowJob): Promise<Done> {
  const mail = mailbox(job.lookUpPort)
  const latenciesMs: number[] = []
  const answers: Answer[] = []
  const startedAt = performance.now()
  let next = 0
  const seconds = await overConnections(job.ports, job.connections, async (connection) => {
    while (next < job.count) {
      const index = (next += 1)
      if (job.perSecond !== undefined) await until(startedAt + (index * 1000) / job.perSecond)
      const person = newPerson(`${job.name}-${index}`)
      const sentAt = performance.now()
      expect(await connection.send(startSignIn(job, person)), 202)
      const { token } = await mail.to(person.email)
      const opened = expect(await connection.send(openLink(job, token)), 303)
      answers.push(expect(await connection.send(claimByArrival(job, arrivalOf(opened), person)), 200))
      latenciesMs.push(performance.now() - sentAt)
    }
  })
  mail.close()
  return { seconds, latenciesMs, answers }
}

/** By `performance.now()`. */
const until = (at: number) => new Promise((resolve) => setTimeout(resolve, at - performance.now()))

function expect(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`answered ${answer.status} and not ${status}: ${answer.body}`)
  return answer
}

function mailbox(port: number) {
  const socket = connect(port, '127.0.0.1')
  const waiting = new Map<string, (letter: { token: string; code: string }) => void>()
  createInterface({ input: socket }).on('line', (line) => {
    const [address = '', token = '', code = ''] = line.split(' ')
    waiting.get(address)?.({ token, code })
    waiting.delete(address)
  })
  return {
    to: (address: string) =>
      new Promise<{ token: string; code: string }>((resolve) => {
        waiting.set(address, resolve)
        socket.write(`${address}\n`)
      }),
    close: () => socket.destroy(),
  }
}

answerParent({ run, runFlows })
