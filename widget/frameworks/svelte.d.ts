/** Template types for Svelte 5: name `linklatch/svelte` in `compilerOptions.types`. */
import type { LinklatchAttributes, LinklatchEventHandlers, SignInAttributes } from 'linklatch'
import type { HTMLAttributes } from 'svelte/elements'

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'linklatch-sign-in': HTMLAttributes<HTMLElement> & SignInAttributes & LinklatchEventHandlers
    'linklatch-gate': HTMLAttributes<HTMLElement> & LinklatchAttributes & LinklatchEventHandlers
    'linklatch-user': HTMLAttributes<HTMLElement> & LinklatchAttributes & LinklatchEventHandlers
  }
}
