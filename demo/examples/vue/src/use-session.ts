import { onUnmounted, shallowRef } from 'vue'
import type { PageSession } from 'linklatch'

/** The session of this page, or null; follows each change, also those of other tabs. */
export function useSession() {
  const session = shallowRef<PageSession | null>(null)
  let stop = () => {}
  void customElements.whenDefined('linklatch-sign-in').then(() => {
    session.value = window.linklatch?.session ?? null
    stop = window.linklatch?.onChange((now) => (session.value = now)) ?? stop
  })
  onUnmounted(() => stop())
  return session
}
