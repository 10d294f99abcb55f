/** Where the store says what an operator should know. A pino logger is one. */
export type StoreLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const silentLog: StoreLog = { info() {}, warn() {}, error() {} }
