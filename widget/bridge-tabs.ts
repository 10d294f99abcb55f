/** The other tabs of H, through the bridge's partition: locks and a channel, each doing without where the browser refuses it. */

let last: Promise<unknown> = Promise.resolve()

/** Runs `act` while no other tab runs one of that name; where locks are refused, at least this tab's own go one after the other. */
export async function exclusively<Value>(name: string, act: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
  let started = false
  const run = (): Promise<Value> => {
    started = true
    return act()
  }
  try {
    return await navigator.locks.request(name, signal ? { signal } : {}, run)
  } catch (refused) {
    if (started || signal?.aborted) throw refused
    return signal ? act() : (last = last.then(act, act))
  }
}

/** A channel to the other tabs of the same H and site. No V, no refresh secret: sessions as H sees them, and what streams said. */
export function tabs(name: string, heard: (data: unknown) => void): (data: unknown) => void {
  try {
    const channel = new BroadcastChannel(name)
    channel.onmessage = (event) => heard(event.data)
    return (data) => {
      try {
        channel.postMessage(data)
      } catch {}
    }
  } catch {
    return () => {}
  }
}
