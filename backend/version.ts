/** The released version; it stands in the script's name. A test keeps it equal to `package.json`. */
export const version = '1.0.0'
