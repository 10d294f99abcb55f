import { browser } from './browser.ts'
import { flow } from './flow.ts'
import { input } from './input.ts'
import { operations } from './operations.ts'
import { sessions } from './sessions.ts'

export const mutations = [...flow, ...sessions, ...browser, ...input, ...operations]
