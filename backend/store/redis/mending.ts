/** After a gap: what is watched is joined and looked at again until that has worked, once at a time however many have missed something. */

export type Mending = {
  /** Something may have been missed until now. */
  begin(): void
  /** Tries again what failed: both connections may be back. */
  again(): void
  stop(): void
}

export function createMending(mend: () => Promise<void>): Mending {
  let isDue = false
  let isRunning = false
  let isStopped = false
  const again = () => {
    if (!isDue || isRunning || isStopped) return
    isDue = false
    isRunning = true
    void mend().then(() => true, () => false).then((isMended) => {
      isRunning = false
      // What came meanwhile may have been looked at before it was missed. After a failure the next greeting says when it is worth a try.
      if (isMended) again()
      else isDue = true
    })
  }
  return {
    begin() {
      isDue = true
      again()
    },
    again,
    stop: () => void (isStopped = true),
  }
}
