import { tolerances } from '../../tolerances.js';
import { largestOf, smallestNormal, type Course, type Measured } from './trial.js';

/** How many times the effect of rounding each op's result once is allowed: an op rounds within. */
const roundings = 16;

/** What rounding changed in any element of a tensor. */
function sensitivity(exact: Measured, rounded: readonly (Measured | undefined)[]): number {
  const changes = rounded.map((other) =>
    largestOf(Float64Array.from(exact.values, (value, i) => (other?.values[i] ?? NaN) - value)),
  );
  return Math.max(...changes);
}

function tensorDifference(name: string, actual: Measured, exact: Measured, sensitive: number) {
  const { relative, reason } = tolerances.training.cpu;
  const largest = largestOf(exact.values);
  for (let i = 0; i < exact.values.length; i++) {
    const value = actual.values[i] ?? NaN;
    const wanted = exact.values[i] ?? NaN;
    const rounding = relative * (Math.abs(wanted) + largest) + 1e-6 * exact.scale;
    const allowed = rounding + roundings * sensitive + smallestNormal;
    if (Math.abs(value - wanted) <= allowed) continue;
    if (Object.is(value, wanted)) continue;
    return (
      `${name}[${i}] is ${value}, by the reference ${wanted}; ` +
      `allowed are ${allowed.toExponential(2)} (${relative}: ${reason})`
    );
  }
  return undefined;
}

/**
 * The first difference of a course from the exact one that rounding does not explain: rounding may
 * do as much as it did in the `rounded` courses.
 */
export function difference(
  actual: Course,
  exact: Course,
  rounded: readonly Course[],
): string | undefined {
  for (const [name, wanted] of exact) {
    if (wanted.undecided === true) continue;
    const found = actual.get(name);
    if (found?.values.length !== wanted.values.length) return `${name} is missing or shorter`;
    const others = rounded.map((course) => course.get(name));
    const message = tensorDifference(name, found, wanted, sensitivity(wanted, others));
    if (message !== undefined) return message;
  }
  return undefined;
}
