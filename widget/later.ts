/**
 * What the form does not need to be seen: the client that speaks with A, hints, the account's menu, other languages. The build makes
 * files of it, named by their content, and writes their hashes in here, so that the hash of the script pins them too.
 */
export const later = (): Promise<typeof import('./later/index.ts')> => import('./later/index.ts')
