/** Asking A for a link: what is sent, what is checked before, and what an answer becomes. */
import type { StartSignInRequest } from '../backend/protocol.ts'
import { diagnose } from './bridge-client.ts'
import { isStartAnswer, type Waiting } from './bridge-messages.ts'
import { call, json } from './http.ts'
import { ownUrl } from './landing.ts'
import type { Page } from './page.ts'
import { asRefusal, Refusal } from './refusal.ts'

/** Where the backend is; an empty `server` where no element has said so yet, in somebody's own bundle. `site` may stay away where H belongs to one site only. */
export type Place = { server: string; site?: string | undefined }

/** One of `email` and `phone`. `redirectTo`: where to go with the session, on H. `signal` takes it back. */
export type SignInRequest = { email?: string | undefined; phone?: string | undefined; redirectTo?: string | undefined; locale?: string | undefined; signal?: AbortSignal | undefined }

/** In full width, as Japanese keyboards write, and without marks that are not seen, as contacts and chats copy them. */
const plainly = (typed: string): string =>
  typed.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replaceAll('。', '.').replace(/\p{Cf}/gu, '').trim()

/** Digits as keyboards of other scripts write them, Arabic, Persian and in full width: each block of ten begins at a multiple of 16. */
export const plainDigits = (typed: string): string => typed.replace(/[٠-٩۰-۹０-９]/g, (digit) => String(digit.charCodeAt(0) & 15))

/** With blanks and dashes that do not break a line as plain ones. */
const plainNumber = (typed: string): string =>
  plainDigits(plainly(typed)).replace(/\s/g, ' ').replace(/\p{Pd}/gu, '-')

/** What was typed, as it is sent: A takes one spelling and guesses at no other; here the person sees what is made of it. */
export const typedAddress = ({ email, phone }: SignInRequest): string => (email === undefined ? plainNumber(phone ?? '') : plainly(email))

const localeForm = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/

/** The body but for the challenge. @throws {Refusal} `invalid_address`, `invalid_phone`, `invalid_request`: nothing was sent */
export function startBody(request: SignInRequest, site: string | undefined, { location: { origin }, base }: Pick<Page, 'location' | 'base'>): Omit<StartSignInRequest, 'challenge'> {
  const address = typedAddress(request)
  const isPhone = request.phone !== undefined
  if (isPhone ? !/\d/.test(address) : !/^[^\s@]+@[^\s@]+$/.test(address)) throw new Refusal(isPhone ? 'invalid_phone' : 'invalid_address')
  const returnTo = request.redirectTo && ownUrl(request.redirectTo, { origin, href: base })
  if (request.redirectTo && !returnTo) throw new Refusal('invalid_request')
  return {
    ...(isPhone ? { phone: address } : { email: address }),
    ...(site && { site }),
    ...(returnTo && { return_to: returnTo }),
    ...(request.locale && localeForm.test(request.locale) && { locale: request.locale }),
  }
}

/** Sends it. @throws {Refusal} with the reason found out where A could not be read; an abort throws its own */
export async function startSignIn(place: Place, body: StartSignInRequest, signal: AbortSignal): Promise<Waiting> {
  const answer = await call(`${place.server}/v1/sign-ins`, { ...json(body), credentials: 'omit', referrerPolicy: 'no-referrer', signal }).catch(async (thrown: unknown) => {
    signal.throwIfAborted()
    const { code } = asRefusal(thrown)
    // A page that is not listed gets no CORS header, which looks like a dead server.
    throw code === 'server_unreachable' ? new Refusal(await unreadable(place)) : thrown
  })
  if (!isStartAnswer(answer)) throw new Refusal('unexpected')
  const { id, number, strict, code_only: codeOnly = false, expires_in: expiresIn, resend_in: resendIn } = answer
  const now = Math.ceil(Date.now() / 1000)
  return { id, number: strict || codeOnly ? '' : number, address: body.email ?? body.phone ?? '', expiresAt: now + expiresIn, resendAt: now + resendIn, state: 'pending', delivery: 'queued', codeOnly }
}

async function unreadable(place: Place): Promise<string> {
  const code = await diagnose({ server: place.server, site: place.site })
  return code.startsWith('frame_') ? 'server_unreachable' : code
}
