/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Milliseconds that each of `repeats` runs took, after `warmup` runs that are not counted. */
export async function timed(
  work: () => Promise<unknown>,
  repeats: number,
  warmup = 2,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = -warmup; i < repeats; i++) {
    const begin = performance.now();
    await work();
    if (i >= 0) times.push(performance.now() - begin);
  }
  return times;
}
