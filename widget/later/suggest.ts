import * as spelling from '@zootools/email-spell-checker'
import { bigDomains } from './mailboxes.ts'

const labelOf = (domain: string): string => domain.split('.')[0] ?? ''

/**
 * Another spelling of an address whose domain looks like a slip for a big provider's; empty where it does not.
 * Short names are real ones too often (`ibm.com` is no slip for `aim.com`), and a slip does not change the length by much.
 */
export function suggest(address: string): string {
  const found = spelling.run({ email: address, domains: bigDomains })
  const typed = labelOf(address.slice(address.lastIndexOf('@') + 1))
  return found && typed.length >= 4 && Math.abs(labelOf(found.domain).length - typed.length) < 2 ? found.full : ''
}
