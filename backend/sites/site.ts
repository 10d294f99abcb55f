/** A site: one owner's web site, with its origins. Pure rules of origins and landing URLs live beside this type. */
export type Site = {
  /** 16 hexadecimal characters: it stands in cookie names. */
  id: string
  name: string
  /** Exact origins; one `*` is allowed in the first label of preview hosts. */
  origins: string[]
  /** At most one for each origin: the only places a link may lead to. */
  landingUrls: string[]
  mode: 'open' | 'invite'
  /** Empty: every domain. Lower-case A-labels. */
  allowedDomains: string[]
  locale?: string
  logoUrl?: string
  accentColor?: string
  linkTtlSeconds: number
  idleSeconds: number
  absoluteSeconds: number
  webhook?: { url: string }
  createdAt: number
}
