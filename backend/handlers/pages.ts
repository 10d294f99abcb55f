/** How HTTP reaches `open-link.ts` and `approve.ts`: pages for people, at the top level, without JavaScript. */
import type { Context } from 'koa'
import { readForm } from '../http/body.ts'
import type { ShowProblem } from '../http/problem-responses.ts'
import { pageHeaders } from '../http/security-headers.ts'
import { Problem } from '../problems.ts'
import type { Services } from '../services.ts'
import { approvedPage, alreadyApprovedPage, approvePage, rejectedPage } from '../sign-in/approve-page.ts'
import { decide, type Choice, type Decided } from '../sign-in/approve.ts'
import { deadLinkPage } from '../sign-in/dead-link-page.ts'
import { problemPage } from '../sign-in/problem-page.ts'
import { openApprovePage, openLink, type Opened } from '../sign-in/open-link.ts'

export function pageHandlers(services: Services) {
  const show = showWith(services)
  const showDead = (ctx: Context, dead: Extract<Opened, { kind: 'dead' }>) =>
    show(ctx, dead.why === 'malformed' ? 400 : 410, (nonce) => deadLinkPage({ ...dead, kind: dead.why, nonce }))
  const showApprove = (ctx: Context, status: number, page: Extract<Opened, { kind: 'approve' }>, wrongNumber = false) => {
    const { signIn, site, token, landing } = page
    const now = services.clock.now()
    if (signIn.state === 'approved') return show(ctx, status, (nonce) => alreadyApprovedPage({ site, signIn, token, nonce }))
    return show(ctx, status, (nonce) => approvePage({ site, signIn, token, nonce, landing: landing !== undefined, wrongNumber, now }), landing)
  }
  const opened = (ctx: Context, result: Opened) => {
    if (result.kind === 'land') return goTo(ctx, result.url)
    return result.kind === 'dead' ? showDead(ctx, result) : showApprove(ctx, 200, result)
  }
  const decided = (ctx: Context, result: Decided) => {
    switch (result.kind) {
      case 'here': return goTo(ctx, result.url)
      case 'dead': return showDead(ctx, result)
      case 'wrong_number': return showApprove(ctx, 422, result.page, true)
      case 'approved': return show(ctx, 200, (nonce) => approvedPage({ ...result.page, nonce }))
      case 'rejected': return show(ctx, 200, (nonce) => rejectedPage({ ...result.page, nonce }))
      case 'already_approved': return show(ctx, 409, (nonce) => alreadyApprovedPage({ ...result.page, nonce }))
    }
  }
  return {
    link: async (ctx: Context) => opened(ctx, await openLink(services, tokenFrom(ctx))),
    approvePage: async (ctx: Context) => opened(ctx, await openApprovePage(services, tokenFrom(ctx))),
    async approve(ctx: Context) {
      const fields = await readForm(ctx)
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
  return (ctx, problem) => show(ctx, problem.status, (nonce) => problemPage({ problem, nonce }))
}

/** Twice is none: the page of a link that does not work tells more than a refusal of the parameter. */
function tokenFrom(ctx: Context): string {
  const { token } = ctx.query
  return typeof token === 'string' ? token : ''
}

function readChoice(fields: Map<string, string>): Choice {
  const choice = fields.get('choice')
  if (choice === 'here' || choice === 'reject') return { choice }
  const number = fields.get('number') ?? ''
  if (choice === 'there' && /^\s*\d{1,2}\s*$/.test(number)) return { choice, number }
  throw new Problem('invalid_request', { errors: [{ field: choice === 'there' ? 'number' : 'choice', code: 'missing' }] })
}

/** Only to what the use cases made of the site's configuration; `ctx.redirect` would send `//evil` as it is (trap F10). */
function goTo(ctx: Context, url: string): void {
  ctx.status = 303
  ctx.set('Location', url)
  ctx.body = ''
}
