/** Trying again what a passing failure of A, or of the network, has stopped. */
import { asRefusal } from './refusal.ts'

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Whether it may be well in a moment. */
export const isPassing = (thrown: unknown): boolean => /^(server_un|temp)/.test(asRefusal(thrown).code)

/** For some 30 s, with a longer pause each time; A repeats a claim's lost answer for 60 s. `failed` hears what is tried again. @throws what does not pass */
export async function patiently<Value>(act: () => Promise<Value>, failed = (_: unknown): void => {}): Promise<Value> {
  const end = performance.now() + 30_000
  for (let wait = 1000; ; wait += 1000) {
    try {
      return await act()
    } catch (thrown) {
      if (!isPassing(thrown) || performance.now() + wait > end) throw thrown
      failed(thrown)
    }
    await pause(wait)
  }
}
