/** A refusal with a stable code; `message` is an English sentence that names the next step. */
export class Refusal extends Error {
  override readonly name = 'LinklatchError'
  readonly code: string
  /** Whole seconds until it is worth another try. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, retryAfterSeconds?: number, sentence = code) {
    super(sentence)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The refusal in anything that was thrown; what nobody named is `temporarily_unavailable`. */
export const asRefusal = (thrown: unknown): Refusal => (thrown instanceof Refusal ? thrown : new Refusal('temporarily_unavailable'))
