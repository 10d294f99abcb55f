/** The key that mails are signed with. nodemailer sends a mail unsigned where it cannot sign, and says nothing: so a key is looked at before the first. */
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ConfigError } from '../config.ts'

/** Signers must use no shorter one (RFC 8301, section 3.2). */
const leastBits = 1024

/**
 * @returns the private key as PEM
 * @throws {ConfigError} where there is none to read, or none that signs RSA-SHA256
 */
export async function readDkimKey(file: string): Promise<string> {
  const wrong = (what: string) => new ConfigError('LINKLATCH_DKIM_KEY_FILE', `${JSON.stringify(file)} ${what}; it takes an RSA private key in PEM, without a passphrase`)
  const pem = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw wrong(`cannot be read (${cause.code})`)
  })
  const key = asKey(pem)
  if (!key) throw wrong('holds no private key')
  if (key.asymmetricKeyType !== 'rsa') throw wrong(`holds a key of another kind (${key.asymmetricKeyType})`)
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < leastBits) throw wrong(`holds a key of less than ${leastBits} bits`)
  return pem
}

function asKey(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
