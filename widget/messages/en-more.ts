import type { Messages, MoreSentence } from './messages.ts'

/** The English that is fetched when it is needed. */
export const enMore: Pick<Messages, MoreSentence> = {
  didYouMean: 'Did you mean {}?',
  openMailbox: 'Open {}',
  noMail: 'No mail?',
  noMailText: 'Look in spam and in the other folders, check the address, and give it a minute. Then send it again. At work, a filter may hold it back: another address may be quicker.',
  sessions: 'Where you are signed in',
  thisSession: 'This browser',
  browserOn: '{name} on {system}',
  unknownBrowser: 'A browser',
  endSession: 'End',
  download: 'Download my data',
  signOutEverywhere: 'Sign out everywhere',
  erase: 'Delete my account',
  eraseSure: 'Everything kept about you here is deleted. This cannot be undone.',
  eraseNow: 'Delete it',
  keep: 'Keep it',
  fresh_sign_in_required: 'Sign out and in again first: this needs a sign-in from the last ten minutes.',
  origin_not_allowed: 'Sign-in is not set up for this page: check its site attribute, and add {} to that site’s origins.',
  frame_blocked: 'Sign-in is not set up for this page: add frame-src {} to its Content-Security-Policy.',
  connect_blocked: 'Sign-in is not set up for this page: add connect-src {} to its Content-Security-Policy.',
  frame_refused: 'Sign-in is not set up for this page: something blocks its frame of {}.',
  frame_nested: 'Sign-in is not set up for this page: it stands in a frame. Open it in a tab of its own.',
  origin_opaque: 'Sign-in is not set up for this page: it stands in a sandboxed frame. Add allow-same-origin to that, or open it in a tab of its own.',
  invalid_request: 'Sign-in is not set up for this page: check its redirect-to (a page of this site) and its channel.',
  invalid_server: 'Sign-in is not set up for this page: check its server (an http address).',
}
