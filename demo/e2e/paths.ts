/** Imported for what it does: a test that is started by itself finds the browsers where `npm test` finds them. */
import { findBrowsers } from '../browsers.js'

for (const [variable, path] of Object.entries(findBrowsers())) if (path !== undefined) process.env[variable] = path
