import type { Random } from '../random.js';

const opTypes = [
  'conv2d',
  'dense',
  'add',
  'concatenate',
  'slice',
  'reshapeBackward',
  'conv2dBackwardInput',
  'maxPooling2dBackward',
  'batchNormalization',
  'movingAverage',
  'penalty',
  'gradientNorm',
  'softmaxCrossEntropy',
  'topKCategoricalAccuracy',
  'sgd',
  'adam',
];

const values: readonly ((random: Random) => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => '',
  () => 'x',
  () => 'x'.repeat(100_000),
  () => Symbol('x'),
  () => 10n,
  () => () => 1,
  () => [],
  () => ({}),
  () => [[1]],
  () => new Array<unknown>(2 ** 32 - 1),
  () => new Proxy({}, {}),
  (random) => random.pick([NaN, Infinity, -Infinity, -0, 0.5, -1, 0, 1, 2, 3, 1e308]),
  (random) => random.pick([255, 65536, 1e6, 2 ** 24, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32]),
  (random) => random.pick([2 ** 40, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64]),
  (random) => Array.from({ length: random.int(0, 14) }, () => random.int(-1, 5)),
  (random) => Array.from({ length: random.int(1, 4) }, () => 2 ** random.int(0, 62)),
  (random) => new Float32Array(random.int(0, 40)),
  (random) => new Int32Array(random.int(0, 40)).fill(random.int(-1, 40)),
  (random) => new Uint8Array(random.int(0, 40)),
  (random) => new Float64Array(random.int(0, 40)),
  (random) => new DataView(new ArrayBuffer(random.int(0, 40))),
  (random) => random.pick(opTypes),
];

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function places(value: unknown, found: Place[]): Place[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    found.push({ holder, key });
    places(holder[key], found);
  }
  return found;
}

/** Replaces some values of what is handed over, at any depth, by wrong or by each other's ones. */
export function spoil(random: Random, handed: unknown, count: number): void {
  for (let i = 0; i < count; i++) {
    const all = places(handed, []);
    if (all.length === 0) return;
    const { holder, key } = random.pick(all);
    const other = random.pick(all);
    if (random.chance(0.1)) Reflect.deleteProperty(holder, key);
    // Never an ancestor: what is handed over stays a tree.
    else if (random.chance(0.2) && typeof other.holder[other.key] !== 'object') {
      holder[key] = other.holder[other.key];
    } else holder[key] = random.pick(values)(random);
  }
}

export function wrongValue(random: Random): unknown {
  return random.pick(values)(random);
}
