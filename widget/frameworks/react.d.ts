/** JSX types for React 19: name `linklatch/react` in `compilerOptions.types`. */
import type { LinklatchAttributes, LinklatchEventHandlers, LinklatchGate, LinklatchSignIn, LinklatchUser, SignInAttributes } from 'linklatch'
import type { DetailedHTMLProps, HTMLAttributes } from 'react'

type Props<Element, Attributes> = DetailedHTMLProps<HTMLAttributes<Element>, Element> & Attributes & LinklatchEventHandlers

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'linklatch-sign-in': Props<LinklatchSignIn, SignInAttributes>
      'linklatch-gate': Props<LinklatchGate, LinklatchAttributes>
      'linklatch-user': Props<LinklatchUser, LinklatchAttributes>
    }
  }
}
