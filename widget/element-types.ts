/** What a page's type checker gets to know of the elements: attributes, events, tag names. Types alone; nothing of this reaches a browser. */
import type { PageSession } from './bridge-messages.ts'
import type { LinklatchGate } from './gate/gate-element.ts'
import type { Messages } from './messages/messages.ts'
import type { LinklatchSignIn } from './sign-in/sign-in-element.ts'
import type { LinklatchUser } from './user/user-element.ts'

/** Attributes that every element takes; `undefined` where a template's expression has nothing to say. */
export type LinklatchAttributes = {
  /** The backend's origin. Default: where the script came from. */
  server?: string | undefined
  /** The site's id; may be left out where the backend has one site of this origin. */
  site?: string | undefined
  /** A language tag. Default: the page's `lang`. */
  locale?: string | undefined
  /** Sentences of the page's own: a property, which frameworks set as one. */
  messages?: Partial<Messages> | undefined
}

export type SignInAttributes = LinklatchAttributes & {
  /** A page of this host to go to after sign-in. */
  'redirect-to'?: string | undefined
  channel?: 'email' | 'sms' | undefined
  /** The form speaks of a code instead of a link: for a site that is `code_only`. */
  'code-only'?: boolean | '' | undefined
  /** The next visit begins with an empty field. */
  'no-remember'?: boolean | '' | undefined
}

/** The elements' events; all bubble and leave the shadow root. */
export type LinklatchEvents = {
  /** Somebody signed in (here or in another tab), or null: signed out. */
  'linklatch-session': CustomEvent<{ session: PageSession | null }>
  /** A link is on its way. */
  'linklatch-sent': CustomEvent<Record<string, never>>
  /** What was refused, as one of the codes of the documentation. */
  'linklatch-error': CustomEvent<{ code: string }>
}

/** The same as handlers in a template: `onlinklatch-session`, as React 19, Preact and Svelte 5 spell them. */
export type LinklatchEventHandlers = { [Name in keyof LinklatchEvents as `on${Name}`]?: ((event: LinklatchEvents[Name]) => void) | undefined }

declare global {
  interface HTMLElementTagNameMap {
    'linklatch-sign-in': LinklatchSignIn
    'linklatch-gate': LinklatchGate
    'linklatch-user': LinklatchUser
  }
  // Bubbling: a listener on the element, on the document or on the window hears them.
  interface GlobalEventHandlersEventMap {
    'linklatch-session': LinklatchEvents['linklatch-session']
    'linklatch-sent': LinklatchEvents['linklatch-sent']
    'linklatch-error': LinklatchEvents['linklatch-error']
  }
}
