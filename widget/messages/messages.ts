/** Every sentence that a person may read, so that a missing one does not compile. `{}` stands for an address, a time, the server; `{s}` for a countdown. */
import type { EndedWhy } from '../phase.ts'
import type { DeliveryStatus } from '../../backend/protocol.ts'

export type ErrorCode =
  | 'invalid_address' | 'invalid_phone' | 'rate_limited' | 'wrong_code' | 'invalid_grant' | 'stream_lost'
  | 'temporarily_unavailable' | 'server_unreachable' | 'origin_not_allowed' | 'frame_blocked' | 'connect_blocked'
  | 'frame_refused' | 'invalid_request' | 'invalid_server' | 'unexpected'

export type Messages = {
  ask: {
    heading: string
    email: { intro: string; label: string }
    sms: { intro: string; label: string }
    send: string
    sending: string
  }
  waiting: {
    email: string
    sms: string
    sent: string
    delivery: Record<DeliveryStatus, string>
    number: string
    code: string
    enter: string
    checking: string
    resend: string
    resendIn: string
    another: string
  }
  ended: Record<EndedWhy, { heading: string; text: string }> & { again: string }
  signedIn: { heading: string; as: string; memory: string; signOut: string }
  starting: { looking: string; landing: string }
  /** A countdown, in whole seconds. */
  duration: (seconds: number) => string
  errors: Record<ErrorCode, string>
}
