/** Template types for Vue 3: name `linklatch/vue` in `compilerOptions.types`. */
import type { LinklatchAttributes, LinklatchEvents, SignInAttributes } from 'linklatch'
import type { HTMLAttributes } from 'vue'

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Capitalize<Head>}${Camel<Tail>}` : Capitalize<Name>
/** `@linklatch-error` in a template is the property `onLinklatchError`. */
type Listeners = { [Name in keyof LinklatchEvents as `on${Camel<Name>}`]?: ((event: LinklatchEvents[Name]) => void) | undefined }
type Tag<Attributes> = new () => { $props: Attributes & HTMLAttributes & Listeners }

declare module 'vue' {
  interface GlobalComponents {
    'linklatch-sign-in': Tag<SignInAttributes>
    'linklatch-gate': Tag<LinklatchAttributes>
    'linklatch-user': Tag<LinklatchAttributes>
  }
}
