/**
 * Mail by SMTP from a thread of its own: there letters are written, composed and sent, so that none of it holds up a request. This end hands over orders
 * and hears what came of them. A silent mail makes the same way (R14). nodemailer is loaded in the thread alone.
 */
import { extname, join } from 'node:path'
import { within } from './in-time.ts'
import type { Dispatch } from './letter-order.ts'
import type { Ask } from './mail-worker.ts'
import { assertSender, type Sender } from './sender.ts'
import { smtpOptions } from './smtp-options.ts'
import { startThread, threadEnded, type ThreadLife } from './thread-life.ts'

/** For tests. */
export type MailThreadTuning = {
  file?: string | URL
  /** More than a letter may take (30 s). */
  lateMs?: number
  /** From one start of the thread to the next, at the least. */
  restartMs?: number
}

/** What `/readyz` waits for at most; the thread itself gives the mail server five seconds. */
const readyMs = 7_000

const workerFile = join(import.meta.dirname, `mail-worker${extname(import.meta.filename)}`)

/**
 * The thread starts with the first question, and again with the next one where it ended. Options are checked here and now.
 * @param options.publicHost the host of the public URL: what EHLO says
 * @throws {TypeError} when the URL or the sender is none
 */
export function mailThread({ url, publicHost, ...sender }: Sender & { url: string; publicHost: string }, tuning: MailThreadTuning = {}): Dispatch {
  const { file = workerFile, lateMs = 35_000, restartMs = 1_000 } = tuning
  const options = smtpOptions(url, publicHost)
  assertSender(sender)
  let life: ThreadLife | undefined
  let startedAt = -Infinity
  let closed = false
  const ask = async (question: Ask) => {
    // One that ends as soon as it begins is not started as fast as mails come.
    if (!closed && (life?.isOver() ?? true) && performance.now() - startedAt >= restartMs) {
      startedAt = performance.now()
      life = startThread(file, { options, sender }, lateMs)
    }
    return life?.ask(question) ?? threadEnded('closed')
  }
  return {
    deliver: (order) => ask({ ask: 'deliver', order }),
    rehearse: (order) => ask({ ask: 'rehearse', order }),
    ready: async () => (await within(readyMs, ask({ ask: 'ready' }), threadEnded('no answer in time'))).status === 'sent',
    async close() {
      closed = true
      await life?.end()
    },
  }
}
