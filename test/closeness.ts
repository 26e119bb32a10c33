import type { Tolerance } from './tolerances.js';

interface Worst {
  readonly index: number;
  /** Error divided by the allowed error; above 1, or NaN, fails. */
  readonly share: number;
}

function worstElement(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): Worst {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let worst: Worst = { index: 0, share: 0 };
  for (let index = 0; index < expected.length; index++) {
    const wanted = expected[index] ?? Number.NaN;
    const allowed =
      tolerance.relative * Math.abs(wanted) + tolerance.ofLargest * largest + Number.MIN_VALUE;
    const share = Math.abs((actual[index] ?? Number.NaN) - wanted) / allowed;
    if (Number.isNaN(share)) return { index, share };
    if (share > worst.share) worst = { index, share };
  }
  return worst;
}

/** Fails with the worst element and how much of the allowed error it takes. */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${name}: ${actual.length} elements, expected ${expected.length}`);
  }
  const { index, share } = worstElement(actual, expected, tolerance);
  if (share <= 1) return;
  throw new Error(
    `${name}[${index}]: ${String(actual[index])}, expected ${String(expected[index])}: ` +
      `${(share * 100).toPrecision(3)} % of the allowed error ` +
      `(${tolerance.relative}: ${tolerance.reason})`,
  );
}
