/** What a restored backup may not bring back to life (P4). */
import { Problem } from '../../problems.ts'
import { revoke } from '../../sign-in/sign-in.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Core } from './core.ts'
import type { StoreLog } from './log.ts'
import type { Copied } from './recovery.ts'

const causes: Record<Copied, string> = {
  copy: 'the data directory is a copy or a restored backup',
  touched: 'the journal was changed while no backend ran (a backup written over it; or chown, chmod or hard links in DATA_DIR/store, which cannot be told from that), so the store counts as a restored backup',
}

/**
 * Cancels every sign-in that may have succeeded after the backup was made, and makes the files the store's own again. All of it is on
 * disk before the store opens; a crash on the way leaves copies, and the next start does it again.
 * @throws Problem store_unavailable
 */
export async function cancelAfterRestore({ ledger, tables }: Core, checkpoints: Checkpoints, { log, copied }: { log: StoreLog; copied: Copied }): Promise<void> {
  const signIns = [...tables.signIns.values()].flatMap((signIn) => revoke(signIn) ?? [])
  await ledger.change((change) => {
    for (const signIn of signIns) change.put(tables.signIns, signIn)
  })
  if (!(await checkpoints.now())) throw new Problem('store_unavailable')
  log.warn({ cancelled: signIns.length }, `${causes[copied]}: sign-ins that were under way are cancelled`)
}
