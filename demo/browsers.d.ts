/** Variable → path, or `undefined` where there is none. */
export function findBrowsers(): Record<string, string | undefined>
