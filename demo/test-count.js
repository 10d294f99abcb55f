/** A reporter for `node --test` that says nothing but how many tests passed, failed and were skipped, as one JSON line. */
export default async function* count(events) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite') continue
    sum[verdict(type, data)] += 1
  }
  yield `${JSON.stringify(sum)}\n`
}

/** A file that holds no test is reported as one passed test under its own path: that is a mistake, not a pass. */
function verdict(type, data) {
  if (type === 'test:fail' || data.name === data.file) return 'failed'
  return data.skip === undefined && data.todo === undefined ? 'passed' : 'skipped'
}
