/** The files are not what the store left there. The store does not open; nothing was changed. One line that names the file and what to do. */
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged'
  readonly file: string

  /**
   * @param file path of the file that is wrong
   * @param what what is wrong with it, as the end of the sentence "<file> …"
   */
  constructor(file: string, what: string, options?: ErrorOptions) {
    super(`${file} ${what}. Put the data directory back from a backup (into an empty directory), or move it away to begin anew.`, options)
    this.file = file
  }
}
