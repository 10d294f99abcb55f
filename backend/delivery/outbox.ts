/** The built-in inbox of development mode: keeps letters in memory instead of sending them. Never used in production (R96). */
import { systemClock, type Clock } from '../clock.ts'
import type { Delivery, Letter } from './delivery.ts'

/** `number` counts from 1 and is never given twice; `keptAt` is in epoch seconds. */
export type KeptLetter = Letter & { number: number; keptAt: number }

export type Outbox = Delivery & {
  /** Newest first, at most `keep`. */
  letters(): KeptLetter[]
  clear(): void
  /** Calls `listener` with each letter as it comes in. Returns the unsubscribe. */
  onLetter(listener: (letter: KeptLetter) => void): () => void
}

/** @param options.keep how many letters are held; the oldest go first (default 100) */
export function outboxDelivery({ keep = 100, clock = systemClock() }: { keep?: number; clock?: Pick<Clock, 'wall'> } = {}): Outbox {
  const kept: KeptLetter[] = []
  const listeners = new Set<(letter: KeptLetter) => void>()
  let count = 0
  return {
    async deliver(letter) {
      const arrived = { ...letter, number: ++count, keptAt: clock.wall() }
      kept.unshift(arrived)
      kept.length = Math.min(kept.length, keep)
      for (const listener of listeners) listener(arrived)
      return { status: 'sent' }
    },
    letters: () => [...kept],
    clear() {
      kept.length = 0
    },
    onLetter(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ready: async () => true,
    async close() {
      kept.length = 0
      listeners.clear()
    },
  }
}
