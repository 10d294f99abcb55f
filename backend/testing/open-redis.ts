/** Opens the store at each address of its arguments in turn, and prints `opened` or why not: for what only a process' environment decides. */
import { storeUrl } from '../config-store-url.ts'
import { openRedisStore } from '../store/redis/store.ts'

for (const url of process.argv.slice(2)) {
  const said = await openRedisStore({ address: storeUrl(url) }).then(
    async (store) => store.close().then(() => 'opened'),
    (error: unknown) => String(error),
  )
  process.stdout.write(`${said.replaceAll('\n', ' ')}\n`)
}
