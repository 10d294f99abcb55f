/**
 * Every sentence that a person may read, in one flat record for each language, so that a missing one does not compile and an owner can
 * replace a single one. `{}` stands for an address, a time or the server; `{s}` for a countdown.
 */

/** What the script carries in English: all that a sign-in needs. */
export type CoreSentence =
  | 'heading' | 'intro' | 'introSms' | 'labelEmail' | 'labelPhone' | 'send' | 'sending'
  | 'checkMail' | 'checkPhone' | 'sentTo' | 'queued' | 'sent' | 'sentSms' | 'deferred' | 'failed'
  | 'number' | 'code' | 'enter' | 'checking' | 'resend' | 'another'
  | 'expired' | 'expiredText' | 'rejected' | 'rejectedText' | 'cancelled' | 'cancelledText' | 'moved' | 'movedText' | 'again'
  | 'signedIn' | 'signedInAs' | 'memory' | 'signOut' | 'looking'
  | 'invalid_address' | 'invalid_phone' | 'rate_limited' | 'wrong_code' | 'invalid_grant' | 'stream_lost'
  | 'temporarily_unavailable' | 'server_unreachable' | 'setup' | 'unexpected'

/** What comes when it is needed: hints, the account menu, and what only the owner of the page can mend. */
export type MoreSentence =
  | 'didYouMean' | 'openMailbox' | 'noMail' | 'noMailText'
  | 'sessions' | 'thisSession' | 'browserOn' | 'unknownBrowser' | 'endSession' | 'download' | 'signOutEverywhere' | 'erase' | 'eraseSure' | 'eraseNow' | 'keep' | 'fresh_sign_in_required' | 'other_session'
  | 'origin_not_allowed' | 'frame_blocked' | 'connect_blocked' | 'frame_refused' | 'frame_nested' | 'origin_opaque' | 'origin_file' | 'invalid_request' | 'invalid_server'

export type Sentence = CoreSentence | MoreSentence

/** A whole language. `lang` is its BCP 47 tag, which numbers and times are written by; `dir` the way it runs. */
export type Messages = { lang: string; dir: 'ltr' | 'rtl' } & Record<Sentence, string>

/** What a language's file holds besides: the sentences that take others' places where a site mails no link. */
export type Language = Messages & { noLink: Pick<Messages, 'intro' | 'introSms' | 'send' | 'sentTo' | 'code' | 'expired' | 'expiredText' | 'rejectedText' | 'cancelledText' | 'again' | 'wrong_code' | 'invalid_grant'> }

/** What there is to draw with: the core always, the rest once it is there. */
export type Words = Pick<Messages, 'lang' | 'dir' | CoreSentence> & Partial<Messages>
