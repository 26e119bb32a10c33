import { createHash } from 'node:crypto';

import type { LayersModel } from 'node-cudnn';

/** Values by name, for a finding. */
export interface Named {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** The largest |a - b| of a list of arrays, over the largest |b| of each. */
export function largestDifference(
  actual: readonly Named[],
  expected: readonly Named[],
): { name: string; relative: number } {
  let worst = { name: '', relative: 0 };
  expected.forEach(({ name, values }, at) => {
    const other = actual[at]?.values ?? [];
    let scale = 0;
    let difference = other.length === values.length ? 0 : Infinity;
    for (let i = 0; i < values.length; i++) {
      scale = Math.max(scale, Math.abs(values[i] ?? NaN));
      const each = Math.abs((other[i] ?? NaN) - (values[i] ?? NaN));
      difference = Number.isNaN(each) ? Infinity : Math.max(difference, each);
    }
    const relative = difference / Math.max(scale, 1e-3);
    if (relative > worst.relative) worst = { name, relative };
  });
  return worst;
}

export async function weightsOf(model: LayersModel): Promise<Named[]> {
  const weights = await model.getWeights();
  return weights.map(({ values }, i) => ({ name: `weight ${i}`, values }));
}

/** A digest of all weights' bits. */
export async function bitsOf(model: LayersModel): Promise<string> {
  const hash = createHash('sha256');
  for (const { values } of await model.getWeights()) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
