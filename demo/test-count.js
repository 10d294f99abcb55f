/**
 * A reporter for `node --test` that says, as one JSON line, by file: how many tests passed, failed and were skipped, and what
 * failed and why.
 */
export default async function* count(events) {
  const files = {}
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite') continue
    const said = verdict(type, data)
    const sum = (files[data.file] ??= { passed: 0, failed: 0, skipped: 0, failures: [] })
    sum[said] += 1
    if (said === 'failed') sum.failures.push(`${data.name}\n${why(data)}`)
  }
  yield `${JSON.stringify(files)}\n`
}

/** A file that holds no test is reported as one passed test under its own path: that is a mistake, not a pass. */
function verdict(type, data) {
  if (type === 'test:fail' || data.name === data.file) return 'failed'
  return data.skip === undefined && data.todo === undefined ? 'passed' : 'skipped'
}

/** @returns the place and the error, with the head of its stack */
function why({ file, line, details }) {
  const error = details?.error?.code === 'ERR_TEST_FAILURE' ? details.error.cause : details?.error
  const said = String(error?.stack ?? error ?? 'no test in it')
  return [`${file}:${line}`, ...said.split('\n').slice(0, 12)].map((each) => `  ${each}`).join('\n')
}
