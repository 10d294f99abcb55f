/** How HTTP reaches `open-link.ts` and `approve.ts`: pages for people, at the top level, without JavaScript. */
import type { Context } from 'koa'
import { readForm } from '../http/body.ts'
import type { ShowProblem } from '../http/problem-responses.ts'
import { pageHeaders } from '../http/security-headers.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { approvedPage, alreadyApprovedPage, approvePage, rejectedPage, strictPage, type NumberFault } from '../sign-in/approve-page.ts'
import { decide, type Choice, type Decided } from '../sign-in/approve.ts'
import { deadLinkPage } from '../sign-in/dead-link-page.ts'
import { problemPage } from '../sign-in/problem-page.ts'
import { openApprovePage, openLink, type Opened } from '../sign-in/open-link.ts'
import { withPlainDigits } from '../sign-in/typed-digits.ts'
import type { Logos } from '../sites/logos.ts'
import type { Site } from '../sites/site.ts'
import { wordsFor, type Words } from '../words/words.ts'

export function pageHandlers(services: Services, logos: Logos) {
  const show = showWith(services)
  const shown = (site: Site) => ({ ...site, logoPath: logos.pathOf(site) })
  const showDead = (ctx: Context, dead: Extract<Opened, { kind: 'dead' }>) =>
    show(ctx, dead.why === 'malformed' ? 400 : 410, (nonce) => deadLinkPage({ ...dead, ...(dead.site && { site: shown(dead.site) }), kind: dead.why, nonce, words: wordsOf(ctx, dead) }))
  const showApprove = (ctx: Context, status: number, page: Extract<Opened, { kind: 'approve' }>, fault?: NumberFault) => {
    const { signIn, token, landing } = page
    const site = shown(page.site)
    const now = services.clock.now()
    const words = wordsOf(ctx, { locale: signIn.locale, site })
    if (signIn.state === 'approved') return show(ctx, status, (nonce) => alreadyApprovedPage({ site, signIn, token, nonce, words }))
    const about = { site, signIn, token, words, page: services.random.id(), now }
    if (site.strict) return show(ctx, status, (nonce) => strictPage({ ...about, nonce }))
    return show(ctx, status, (nonce) => approvePage({ ...about, nonce, landing: landing !== undefined, fault }), landing)
  }
  const opened = (ctx: Context, result: Opened) => {
    if (result.kind === 'land') return goTo(ctx, result.url)
    return result.kind === 'dead' ? showDead(ctx, result) : showApprove(ctx, 200, result)
  }
  const decided = (ctx: Context, result: Decided) => {
    if (result.kind === 'here') return goTo(ctx, result.url)
    if (result.kind === 'dead') return showDead(ctx, result)
    const { page } = result
    const words = wordsOf(ctx, { locale: page.signIn.locale, site: page.site })
    const about = { ...page, site: shown(page.site), words }
    switch (result.kind) {
      case 'strict': return showApprove(ctx, 409, result.page)
      case 'wrong_number': return showApprove(ctx, 422, result.page, 'wrongNumber')
      case 'no_number': return showApprove(ctx, 422, result.page, 'noNumber')
      case 'approved': return show(ctx, 200, (nonce) => approvedPage({ ...about, nonce }))
      case 'rejected': return show(ctx, 200, (nonce) => rejectedPage({ ...about, nonce }))
      case 'already_approved': return show(ctx, 409, (nonce) => alreadyApprovedPage({ ...about, nonce }))
    }
  }
  return {
    link: async (ctx: Context) => opened(ctx, await openLink(services, tokenFrom(ctx))),
    approvePage: async (ctx: Context) => opened(ctx, await openApprovePage(services, tokenFrom(ctx))),
    async approve(ctx: Context) {
      const fields = onlyKnown(await readForm(ctx))
      decided(ctx, await decide(services, fields.get('token') ?? '', readChoice(fields)))
    },
  }
}

/** What a page of A is answered with: its own nonce, its own policy. */
function showWith({ random }: Pick<Services, 'random'>) {
  return (ctx: Context, status: number, render: (nonce: string) => string, formTarget?: string) => {
    const nonce = random.id()
    pageHeaders(ctx, { nonce, ...(formTarget !== undefined && { formTargets: [new URL(formTarget).origin] }) })
    ctx.status = status
    ctx.type = 'html'
    ctx.body = render(nonce)
  }
}

/** The page in place of the problem document, for a person who would otherwise read JSON. */
export function showProblem(services: Pick<Services, 'random'>): ShowProblem {
  const show = showWith(services)
  return (ctx, problem) => show(ctx, problem.status, (nonce) => problemPage({ problem, nonce, words: wordsOf(ctx, {}) }))
}

/** In whose language: the sign-in's, else the site's, else the browser's. */
function wordsOf(ctx: Context, { locale, site }: { locale?: string; site?: Pick<Site, 'locale'> }): Words {
  return wordsFor([locale, site?.locale, ...ctx.acceptsLanguages()])
}

/**
 * Twice is none: the page of a link that does not work tells more than a refusal of the parameter. Without what mail gateways add at the end of a link
 * that they rewrite: blanks, line breaks, the padding of base64.
 */
function tokenFrom(ctx: Context): string {
  const { token } = ctx.query
  return typeof token === 'string' ? (/^([\w.-]+)[\s=]*$/.exec(token)?.[1] ?? '') : ''
}

const formFields = ['token', 'choice', 'number', 'page']

/** An unknown field is refused in a form as in JSON (R74). */
function onlyKnown(fields: Map<string, string>): Map<string, string> {
  const unknown = [...fields.keys()].find((name) => !formFields.includes(name))
  if (unknown !== undefined) throw new Problem('invalid_request', { errors: [{ field: unknown.slice(0, 40), code: 'unknown_field' }] })
  return fields
}

function readChoice(fields: Map<string, string>): Choice {
  const choice = fields.get('choice')
  const page = /^[\w-]{16,64}$/.exec(fields.get('page') ?? '')?.[0]
  if (choice === 'here' || choice === 'reject') return { choice, page }
  if (choice === 'there') return { choice, page, number: withPlainDigits(fields.get('number') ?? '') }
  throw new Problem('invalid_request', { errors: [{ field: 'choice', code: 'required' }] })
}

/** Only to what the use cases made of the site's configuration; `ctx.redirect` would send `//evil` as it is (trap F10). */
function goTo(ctx: Context, url: string): void {
  ctx.status = 303
  ctx.set('Location', url)
  ctx.body = ''
}
