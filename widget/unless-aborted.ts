/** Whoever takes a request back does not wait for what it waits for. A listener that stayed would keep each request for as long as the signal lives. */
export const unlessAborted = <Value>(coming: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    void coming.then(resolve, reject).then(() => signal.removeEventListener('abort', stop))
  })
