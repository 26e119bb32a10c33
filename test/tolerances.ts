/** How far a backend may be from an exact result, and why. */
export interface Tolerance {
  /** Of the expected element. */
  readonly relative: number;
  /** Of the largest expected element of the same tensor: sums cancel. */
  readonly ofLargest: number;
  readonly reason: string;
}

export type BackendName = 'cpu' | 'reference';
type Row = Readonly<Record<BackendName, Tolerance>>;

function row(cpu: number, cpuReason: string, reference: number, referenceReason: string): Row {
  return {
    cpu: { relative: cpu, ofLargest: cpu, reason: cpuReason },
    reference: { relative: reference, ofLargest: reference, reason: referenceReason },
  };
}

const STORED = 'values are stored as float32 between ops; expectations have 7 digits';

/** By op or optimizer. A case with several ops takes the widest of them. */
export const tolerances = {
  conv2d: row(4e-6, 'float32 sums of up to a few hundred products, in blocks', 1e-6, STORED),
  dense: row(4e-6, 'float32 sums of products in an order of their own', 1e-6, STORED),
  maxPooling2d: row(1e-6, STORED, 1e-6, STORED),
  averagePooling2d: row(1e-6, STORED, 1e-6, STORED),
  globalAveragePooling2d: row(1e-6, STORED, 1e-6, STORED),
  localResponseNormalization: row(
    4e-6,
    'float32 powers; expectations come from a float32 op',
    4e-6,
    'expectations come from a float32 op',
  ),
  batchNormalization: row(
    1e-5,
    'float32 means and variances; the gradient subtracts nearly equal sums',
    2e-6,
    'the gradient subtracts nearly equal sums of stored float32 values',
  ),
  activation: row(2e-6, 'vectorised exp, log and tanh of 1 to 2 ulp', 1e-6, STORED),
  flatten: row(1e-6, STORED, 1e-6, STORED),
  reshape: row(1e-6, STORED, 1e-6, STORED),
  permute: row(1e-6, STORED, 1e-6, STORED),
  upSampling2d: row(1e-6, STORED, 1e-6, STORED),
  add: row(1e-6, STORED, 1e-6, STORED),
  concatenate: row(1e-6, STORED, 1e-6, STORED),
  crossEntropy: row(2e-6, 'float32 exp and log; sums over classes', 1e-6, STORED),
  difference: row(1e-6, STORED, 1e-6, STORED),
  sgd: row(
    4e-6,
    'ten steps of float32 rounding',
    4e-6,
    'weights are stored as float32 in ten steps',
  ),
  adam: row(
    2e-5,
    'ten steps; an update divides by the root of a small second moment',
    1e-5,
    'moments and weights are stored as float32 in ten steps',
  ),
  training: row(
    2e-5,
    'ten steps through eleven layers in float32',
    1e-5,
    'weights are stored as float32 in ten steps',
  ),
} satisfies Record<string, Row>;

export type ToleranceName = keyof typeof tolerances;

/** The widest tolerance of some ops on a backend. */
export function toleranceOf(names: readonly ToleranceName[], backend: BackendName): Tolerance {
  const found = names.map((name) => tolerances[name][backend]);
  return found.reduce((widest, each) => (each.relative > widest.relative ? each : widest));
}
