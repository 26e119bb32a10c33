/** Far above rounding in a few layers, far below what another layer's values would change. */
const tolerance = 2e-3;

export function requireClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): void {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // Beyond all bounds there is nothing to compare.
  if (!(largest < 1e20)) return;
  for (let i = 0; i < expected.length; ++i) {
    const [got = NaN, wanted = NaN] = [actual[i], expected[i]];
    if (Math.abs(got - wanted) <= tolerance * largest) continue;
    throw new Error(`${what}[${i}] is ${got}, expected ${wanted}`);
  }
}
