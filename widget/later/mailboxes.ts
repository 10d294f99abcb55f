/** Where the big providers let people read their mail. Names and addresses are the providers' own. */
type Mailbox = { name: string; url: string }

const providers: readonly (readonly [name: string, url: string, domains: string])[] = [
  ['Gmail', 'https://mail.google.com/', 'gmail.com googlemail.com'],
  ['Outlook', 'https://outlook.live.com/mail/', 'outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it hotmail.es live.com live.nl live.de live.fr msn.com'],
  ['Yahoo Mail', 'https://mail.yahoo.com/', 'yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.com.br ymail.com rocketmail.com'],
  ['iCloud Mail', 'https://www.icloud.com/mail/', 'icloud.com me.com mac.com'],
  ['Proton Mail', 'https://mail.proton.me/', 'proton.me protonmail.com pm.me'],
  ['GMX', 'https://www.gmx.net/', 'gmx.net gmx.de gmx.at gmx.ch'],
  ['WEB.DE', 'https://web.de/', 'web.de'],
  ['freenet', 'https://email.freenet.de/', 'freenet.de'],
  ['T-Online', 'https://email.t-online.de/', 't-online.de'],
  ['Orange', 'https://mail.orange.fr/', 'orange.fr wanadoo.fr'],
  ['La Poste', 'https://www.laposte.net/', 'laposte.net'],
  ['Libero Mail', 'https://mail.libero.it/', 'libero.it'],
  ['Seznam Email', 'https://email.seznam.cz/', 'seznam.cz email.cz'],
  ['WP Poczta', 'https://poczta.wp.pl/', 'wp.pl o2.pl'],
  ['UKR.NET', 'https://mail.ukr.net/', 'ukr.net'],
  ['Naver', 'https://mail.naver.com/', 'naver.com'],
  ['QQ Mail', 'https://mail.qq.com/', 'qq.com foxmail.com'],
  ['NetEase Mail', 'https://mail.163.com/', '163.com'],
  ['Fastmail', 'https://app.fastmail.com/', 'fastmail.com'],
  ['Zoho Mail', 'https://mail.zoho.com/', 'zoho.com'],
  ['AOL Mail', 'https://mail.aol.com/', 'aol.com'],
]

const byDomain = new Map<string, Mailbox>(providers.flatMap(([name, url, domains]) => domains.split(' ').map((domain) => [domain, { name, url }] as const)))

export const bigDomains: string[] = [...byDomain.keys()]

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** The provider's page for an address, where its domain says which one that is. */
export const mailboxOf = (address: string): Mailbox | undefined => byDomain.get(domainOf(address))
