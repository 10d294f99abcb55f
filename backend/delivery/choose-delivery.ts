/** Which adapter the configuration asks for. Only the entries call this. */
import type { Config } from '../config.ts'
import type { Delivery } from './delivery.ts'
import { readDkimKey } from './dkim-key.ts'
import { byOrder, type Dispatch, type LetterOrder } from './letter-order.ts'
import { mailThread } from './mail-thread.ts'
import { smsDelivery } from './sms.ts'

/** Mail by `chooseMail`, text messages by the gateway where one is set. */
export async function chooseDelivery(config: Config, inbox: Delivery): Promise<Dispatch> {
  const mail = await chooseMail(config, inbox)
  return config.sms ? byChannel(mail, byOrder(smsDelivery(config.sms))) : mail
}

/** Each letter by its own way. `/readyz` asks the mail server: no gateway can be asked without a message that costs. */
export function byChannel(mail: Dispatch, sms: Dispatch): Dispatch {
  const wayOf = ({ signIn }: LetterOrder) => (signIn.channel === 'sms' ? sms : mail)
  return {
    deliver: (order) => wayOf(order).deliver(order),
    rehearse: (order) => wayOf(order).rehearse(order),
    ready: () => mail.ready(),
    close: async () => void (await Promise.all([mail.close(), sms.close()])),
  }
}

/** SMTP where it is set. Without it mail stays in `inbox`: that is for development, and `readConfig` has refused it in production. */
async function chooseMail({ smtpUrl, mailFrom, dkim, publicUrl }: Config, inbox: Delivery): Promise<Dispatch> {
  if (smtpUrl === undefined) return byOrder(inbox)
  const key = dkim && { domainName: dkim.domain, keySelector: dkim.selector, privateKey: await readDkimKey(dkim.keyFile) }
  return mailThread({ url: smtpUrl, from: mailFrom, publicHost: new URL(publicUrl).hostname, ...(key && { dkim: key }) })
}
