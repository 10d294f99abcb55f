/** The other tabs of H, through the bridge's partition: locks and a channel, each doing without where the browser refuses it. */

/** Runs `act` while no other tab runs one of that name. */
export async function exclusively<Value>(name: string, act: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
  let started = false
  const run = (): Promise<Value> => {
    started = true
    return act()
  }
  try {
    return await (signal ? navigator.locks.request(name, { signal }, run) : navigator.locks.request(name, run))
  } catch (refused) {
    if (started || signal?.aborted) throw refused
    return act()
  }
}

/** A channel to the other tabs of the same H and site. No V, no refresh secret: sessions as H sees them, and what streams said. */
export function tabs(name: string, heard: (data: unknown) => void): (data: unknown) => void {
  try {
    const channel = new BroadcastChannel(name)
    channel.onmessage = (event) => heard(event.data)
    return (data) => channel.postMessage(data)
  } catch {
    return () => {}
  }
}
