/**
 * English: every sentence that a person reads from this server, on its pages and in its mail. Its shape is that of all languages, so that
 * a missing sentence does not compile. A name in braces stands for what is filled in (`fill.ts`); a translation holds no code.
 */
type Told = { title: string; text: string }

/** What a person can do about a refusal: nothing, look elsewhere, wait a little, or come back. */
export type Refusal = 'unreadable' | 'unknown' | 'often' | 'later'

export const en = {
  /** BCP 47. */
  lang: 'en',
  dir: 'ltr' as 'ltr' | 'rtl',
  back: 'Go to {site}',
  browser: { named: '{name} on {system}', unknown: 'a browser' },
  approve: {
    title: 'Sign in to {site}',
    heading: 'Sign in to {site}?',
    wrongNumberTitle: 'Wrong number – {title}',
    account: 'Account',
    askedFrom: 'Asked from',
    browser: '{browser}, {ago}',
    justNow: 'just now',
    number: 'Number on the first screen',
    numberHint: 'Type it only if you see it on your own screen. Nobody who calls or writes to you needs it.',
    wrongNumber: 'That is not the number on the first screen. You have one more try; after that, this sign-in is stopped.',
    noNumber: 'Type the two digits that the first screen shows. This did not count as a try.',
    there: 'Sign in on the first screen',
    here: 'Sign in here instead',
    hereHint: 'Or sign this browser in, as {address}.',
    /** In place of number and buttons, at a site that is `strict`. */
    strict: 'This site signs you in only where you asked: open the link in that browser, or type the code from the mail there.',
    reject: 'This wasn’t me',
    approved: 'Approved',
    approvedText: 'Go back to the first screen: it is signed in now. You can close this page.',
    alreadyApproved: 'Already approved',
    alreadyApprovedText: 'This sign-in goes on at the first screen, where it was started. You can close this page.',
    regret: 'If you did not start this sign-in yourself, stop it now.',
    rejected: 'Sign-in stopped',
    rejectedText: 'This link signs nobody in any more, and the first screen has been told.',
    rejectedAdvice: 'There is nothing else to do: nobody gets in without your mailbox.',
  },
  deadLink: {
    used: { title: 'This link has been used', text: 'Somebody has already signed in with it, and a link works only once.' },
    moved: { title: 'This sign-in went on elsewhere', text: '“{here}” was pressed, so it goes on in that browser and nowhere else.' },
    expired: { title: 'This link is too old', text: 'For your safety, a link works only for a few minutes after it was asked for.' },
    cancelled: { title: 'This sign-in was cancelled', text: 'It was called off on the screen where it was started.' },
    rejected: { title: 'This sign-in was stopped', text: 'Somebody pressed “{reject}”, or a wrong number was typed twice.' },
    malformed: { title: 'This link does not work', text: 'Part of it may be missing; open the whole link from the mail, or ask for a new one.' },
    again: 'If you still want to sign in, ask for a new link.',
    backNowhere: 'Go back to the page where you wanted to sign in.',
  },
  refusal: {
    /** English has a sentence for each code already: `problems.ts`. */
    kinds: undefined as Record<Refusal, Told> | undefined,
    back: 'Go back to the page where you came from, or open the link in the mail again.',
  },
  letter: {
    /** In the inbox beside the subject; shown on locked screens, so never with the code. */
    preview: 'Asked at {host} by {browser}. Works until {until}.',
    intro: 'Press the button to sign in. No password needed.',
    button: 'Sign in',
    number: 'On another device or in another browser you will be asked for the two-digit number on the first screen.',
    /** In place of the sentence before, at a site that is `strict`. */
    strict: 'The link works only in the browser in which you asked for it. If you read this on another device, type the code on the first screen.',
    codeTitle: 'Or type this code',
    codeOnly: 'It goes only into the page that asked for it. Nobody will ever ask you for this code: not by phone, not in a chat, not by mail.',
    host: 'Site',
    browser: 'Asked by',
    askedAt: 'Asked at',
    dayAndTime: '{day}, {time}',
    worksUntil: 'Works until',
    until: '{time} ({left}), once',
    notYouTitle: 'This wasn’t you?',
    notYou: 'Ignore this mail and nothing happens. To stop this sign-in at once, open the link and press “{reject}”.',
    plainLink: 'If the button does not work, open this link:',
    sms: '{site}: your sign-in code is {code}. Type it only into the page that asked; nobody will ever ask you for it. Or open {link}',
  },
  /** In place of the letter's and the invitation's own, at a site that mails no link. */
  noLink: {
    intro: 'No password needed.',
    codeTitle: 'Type this code',
    notYou: 'Ignore this mail and nothing happens.',
    sms: '{site}: your sign-in code is {code}. Type it only into the page that asked; nobody will ever ask you for it.',
    how: 'Open {host} and sign in with this address. There is no password: you get a code by mail each time.',
  },
  invitation: {
    subject: 'You can now sign in to {site}',
    how: 'Open {host} and sign in with this address. There is no password: you get a link by mail each time.',
    ignore: 'If you do not know this site, ignore this mail. Nothing happens.',
    /** All of a text message, which is short of space: two of its pieces at most. */
    sms: 'You can now sign in to {site} with this number. If you do not know this site, ignore this message. {url}',
  },
  /** To the old address of an account that has another one now. */
  farewell: {
    subject: 'The address of your account at {site} was changed',
    how: 'You sign in with another address from now on; this one does not open the account any more. You are signed out everywhere.',
    notYou: 'If you did not want this, get in touch with the people at {host}.',
    sms: '{site}: the number of your account was changed. If you did not want this, get in touch: {url}',
  },
}

/** A language. */
export type Words = typeof en
