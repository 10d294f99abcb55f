import { troubleCode, type Argument, type Client, type Reply } from './client.ts'
import type { Script } from './scripts.ts'

/** By its hash; where the server does not know it yet (a new one, or `SCRIPT FLUSH`), by its text, which teaches it. */
export async function runScript(client: Client, script: Script, keys: string[], args: Argument[]): Promise<Reply> {
  try {
    return await client.run('EVALSHA', script.sha, keys.length, ...keys, ...args)
  } catch (error) {
    if (troubleCode(error) !== 'NOSCRIPT') throw error
    return client.run('EVAL', script.text, keys.length, ...keys, ...args)
  }
}
