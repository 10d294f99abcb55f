/** How well one sample can be told from another. */

/**
 * The area under the ROC curve by the Mann-Whitney statistic: the chance that a value of `a` is larger than one of `b`, ties counting half.
 * 0.5 is "no telling"; what is below is turned round, since who can be told by being faster is told as well.
 */
export function areaUnderCurve(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))].sort((x, y) => x.value - y.value)
  let ranks = 0
  for (let first = 0; first < all.length; ) {
    let next = first
    while (next < all.length && all[next]?.value === all[first]?.value) next += 1
    const rank = (first + 1 + next) / 2
    ranks += rank * all.slice(first, next).filter(({ ofA }) => ofA).length
    first = next
  }
  const area = (ranks - (a.length * (a.length + 1)) / 2) / (a.length * b.length)
  return Math.max(area, 1 - area)
}

/** What the area of two samples of these sizes from one and the same distribution stays below 99 times in 100. */
export function chanceAlone(sizeA: number, sizeB: number): number {
  return 0.5 + 2.576 * Math.sqrt((sizeA + sizeB + 1) / (12 * sizeA * sizeB))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
