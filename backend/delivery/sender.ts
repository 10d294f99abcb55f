/** Whom mails come from, and with whose signature. Pure. */
export type Mailbox = { name: string; address: string }

export type Sender = {
  from: Mailbox
  dkim?: { domainName: string; keySelector: string; privateKey: string }
}

/**
 * The sender is the operator's own, so `no-reply@localhost` may do; what could become two addresses may not (trap F14).
 * @throws {TypeError} where it is not one plain address
 */
export function assertSender({ from }: Sender): void {
  if (!/^[^\s<>,;:"()@\\]+@[a-z0-9.-]+$/i.test(from.address)) throw new TypeError('the sender has to be one plain address')
}
