import type {
  Batch,
  InitializerSpec,
  ModelSpec,
  OpSpec,
  TrainingSpec,
  WeightSpec,
} from '../../lib/native/program.js';

const normal: InitializerSpec = {
  kind: 'truncatedNormal',
  attributes: { mean: 0, stddev: 0.1 },
};

function weight(name: string, shape: readonly number[], initializer = normal): WeightSpec {
  return { name, shape, initializer, trainable: true, l1: 0, l2: 0 };
}

function bias(name: string, size: number): WeightSpec {
  return weight(name, [size], { kind: 'zeros', attributes: {} });
}

/** 6x5x2 images: convolution of 3, ReLU, dense of 4, softmax. */
export function tinyModel(backend = 'cpu'): ModelSpec {
  return {
    backend,
    seed: 7,
    inputs: [{ name: 'image', shape: [6, 5, 2] }],
    weights: [
      weight('conv/kernel', [3, 3, 2, 3]),
      bias('conv/bias', 3),
      weight('dense/kernel', [36, 4]),
      bias('dense/bias', 4),
    ],
    ops: [
      {
        type: 'conv2d',
        name: 'conv',
        inputs: [0],
        weights: [0, 1],
        attributes: {
          strides: [1, 1],
          padding: [0, 0, 0, 0],
          dilations: [1, 1],
          groups: 1,
          activation: 'linear',
        },
      },
      {
        type: 'activation',
        name: 'relu',
        inputs: [1],
        weights: [],
        attributes: { function: 'relu', alpha: 0 },
      },
      { type: 'reshape', name: 'flatten', inputs: [2], weights: [], attributes: { shape: [36] } },
      {
        type: 'dense',
        name: 'dense',
        inputs: [3],
        weights: [2, 3],
        attributes: { activation: 'linear' },
      },
      { type: 'softmax', name: 'softmax', inputs: [4], weights: [], attributes: {} },
    ],
    outputs: [5],
  };
}

/** Dense layers of `width` units, as many as it takes to keep the processor busy. */
export function wideModel(width: number, layers: number, backend = 'cpu'): ModelSpec {
  const weights: WeightSpec[] = [];
  const ops: OpSpec[] = [];
  for (let i = 0; i < layers; i += 1) {
    weights.push(weight(`dense${i}/kernel`, [width, width]), bias(`dense${i}/bias`, width));
    ops.push({
      type: 'dense',
      name: `dense${i}`,
      inputs: [i],
      weights: [2 * i, 2 * i + 1],
      attributes: { activation: 'linear' },
    });
  }
  ops.push({ type: 'softmax', name: 'softmax', inputs: [layers], weights: [], attributes: {} });
  return {
    backend,
    seed: 7,
    inputs: [{ name: 'x', shape: [width] }],
    weights,
    ops,
    outputs: [layers + 1],
  };
}

export const training: TrainingSpec = {
  losses: [{ type: 'sparseCategoricalCrossentropy', weight: 1, fromLogits: false }],
  metrics: [{ type: 'sparseCategoricalAccuracy', output: 0, attributes: {}, weighted: false }],
  optimizer: { type: 'sgd', attributes: { momentum: 0.9, nesterov: false } },
};

/** `rows` rows of fixed values in [0, 1), with the labels 0, 1, 2, 3, 0, ... */
export function batchOf(rows: number, rowElements: number): Batch & { targets: Int32Array[] } {
  const x = Float32Array.from({ length: rows * rowElements }, (_, i) => ((i * 37) % 101) / 101);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % 4);
  return { size: rows, inputs: [x], targets: [labels] };
}

export const tinyRowElements = 60;
