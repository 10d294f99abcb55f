/**
 * What an attempt looks like that sends nothing (a blocked or uninvited address): it takes as long and ends as the real ones
 * of late did, so that the stream tells nobody apart (R14).
 */
export type SilentAttempts = {
  /** A real attempt ended. `failed` speaks of one mailbox, not of the mail server, and counts as `sent`. */
  note: (end: 'sent' | 'deferred' | 'failed', seconds: number) => void
  /** How the next silent one has to look: what comes of it, and how long it takes in all. */
  next: () => Promise<{ end: 'sent' | 'deferred'; seconds: number }>
}

/** How many real attempts of each kind are remembered. */
const remembered = 50
/** How long the newest real end speaks for the mail server; it outlasts the longest pause between two retries. */
const freshSeconds = 90

/**
 * @param options.ready asks the mail server itself, where no real attempt of late tells how it fares; left out: it is taken to be well
 * @param options.random from 0 up to 1
 */
export function silentAttempts({ now, ready = async () => true, random = Math.random }: { now: () => number; ready?: () => Promise<boolean>; random?: () => number }): SilentAttempts {
  const seen = { sent: [] as number[], deferred: [] as number[] }
  let newest: { end: 'sent' | 'deferred'; at: number } | undefined

  const likelyEnd = async () => {
    if (newest && now() - newest.at < freshSeconds) return newest.end
    return (await ready()) ? 'sent' : 'deferred'
  }
  /** One of the real durations, a little off so that none repeats; 50 to 300 ms where there is none yet. */
  const likelySeconds = (sample: number[]) => {
    const real = sample[Math.floor(random() * sample.length)]
    return real === undefined ? 0.05 + 0.25 * random() : real * (0.95 + 0.1 * random())
  }
  return {
    note(end, seconds) {
      const kind = end === 'deferred' ? 'deferred' : 'sent'
      newest = { end: kind, at: now() }
      seen[kind] = [seconds, ...seen[kind]].slice(0, remembered)
    },
    async next() {
      const end = await likelyEnd()
      return { end, seconds: likelySeconds(seen[end]) }
    },
  }
}
