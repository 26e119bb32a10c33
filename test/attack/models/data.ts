import type { LayersModel } from 'node-cudnn';
import type { Random } from '../random.js';
import type { Head } from './training.js';

type Values = Float32Array | Int32Array | Uint8Array;

/** Samples of a model. */
export interface Samples {
  readonly x: Values[];
  readonly y: Values[];
  readonly sampleWeight: Float32Array | undefined;
}

function inputValues(random: Random, length: number, kind: number): Values {
  if (kind < 0.8) return random.floats(length, -1.5, 1.5);
  const whole = Array.from({ length }, () => random.int(0, 3));
  return kind < 0.9 ? Uint8Array.from(whole) : Int32Array.from(whole);
}

function distributions(random: Random, rows: number, classes: number): Float32Array {
  const values = random.floats(rows * classes, 0.01, 1);
  for (let row = 0; row < rows; row++) {
    const part = values.subarray(row * classes, (row + 1) * classes);
    const sum = part.reduce((total, value) => total + value, 0);
    const label = random.chance(0.5) ? random.int(0, classes - 1) : undefined;
    part.forEach((value, i) => {
      part[i] = label === undefined ? value / sum : Number(i === label);
    });
  }
  return values;
}

function targetValues(random: Random, head: Head, samples: number): Values {
  const { sampleShape } = head.output;
  const classes = sampleShape.at(-1) ?? 1;
  const size = sampleShape.reduce((product, n) => product * n, samples);
  switch (head.targets) {
    case 'labels':
      return Int32Array.from({ length: size / classes }, () => random.int(0, classes - 1));
    case 'distribution':
      return distributions(random, size / classes, classes);
    case 'bits':
      return Float32Array.from({ length: size }, () => random.int(0, 1));
    case 'values':
      return random.floats(size);
  }
}

export function randomSamples(
  random: Random,
  model: LayersModel,
  heads: readonly Head[],
  count: number,
): Samples {
  const kind = random.next();
  const x = model.inputSlots.map(({ shape }) =>
    inputValues(
      random,
      shape.reduce((product, n) => product * n, count),
      kind,
    ),
  );
  const weighted = heads.length === 1 && random.chance(0.25);
  return {
    x,
    y: heads.map((head) => targetValues(random, head, count)),
    sampleWeight: weighted ? random.floats(count, 0, 2) : undefined,
  };
}

/** Values that differ by about the rounding of a float32. */
export function nudged(random: Random, values: Float32Array): Float32Array {
  return values.map((value) => value * (1 + random.real(-4e-7, 4e-7)));
}
