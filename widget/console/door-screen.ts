/** The door: the operator's token, in a form that password managers know. */
import { html } from 'lit'
import type { Screen } from './desk.ts'
import { sent } from './parts.ts'

export function doorScreen(enter: (token: string) => void): Screen {
  const submit = (event: SubmitEvent) => enter(sent(event)('token').trim())
  return {
    title: () => 'Console',
    load: () => Promise.resolve(),
    view: () => html`
      <h1 tabindex="-1">Open the console</h1>
      <form class="door" @submit=${submit}>
        <input class="unseen" name="username" value="operator" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
        <div class="field">
          <label for="token">Operator’s token</label>
          <p class="hint" id="token-hint">The value of <code>LINKLATCH_ADMIN_TOKEN</code>. This page keeps it in memory alone, until it is closed, reloaded or left unused for half an hour.</p>
          <input id="token" name="token" type="password" autocomplete="current-password" aria-describedby="token-hint" required spellcheck="false" autocapitalize="none">
        </div>
        <p><button class="primary">Open</button></p>
      </form>`,
  }
}
