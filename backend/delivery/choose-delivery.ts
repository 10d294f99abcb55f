/** Which adapter the configuration asks for. Only the entries call this. */
import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import type { Delivery } from './delivery.ts'
import { smtpDelivery } from './smtp.ts'

/** SMTP where it is set. Without it mail stays in `inbox`: that is for development, and `readConfig` has refused it in production. */
export async function chooseDelivery({ smtpUrl, mailFrom, dkim, publicUrl }: Config, inbox: Delivery): Promise<Delivery> {
  if (smtpUrl === undefined) return inbox
  const key = dkim && { domainName: dkim.domain, keySelector: dkim.selector, privateKey: await readFile(dkim.keyFile, 'utf8') }
  return smtpDelivery({ url: smtpUrl, from: mailFrom, publicHost: new URL(publicUrl).hostname, ...(key && { dkim: key }) })
}
