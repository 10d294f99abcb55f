/** JSX types for Preact: name `linklatch/preact` in `compilerOptions.types`. */
import type { LinklatchAttributes, LinklatchEventHandlers, LinklatchGate, LinklatchSignIn, LinklatchUser, SignInAttributes } from 'linklatch'
import type { HTMLAttributes } from 'preact'

type Props<Element extends EventTarget, Attributes> = HTMLAttributes<Element> & Attributes & LinklatchEventHandlers

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'linklatch-sign-in': Props<LinklatchSignIn, SignInAttributes>
      'linklatch-gate': Props<LinklatchGate, LinklatchAttributes>
      'linklatch-user': Props<LinklatchUser, LinklatchAttributes>
    }
  }
}
