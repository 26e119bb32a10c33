import type { Random } from '../random.js';

/** What native code is handed: JSON with typed arrays. */
export type Handed = Record<string, unknown>;

type Shape = readonly number[];

const windowOf = (random: Random): Handed => ({
  strides: [random.int(1, 2), random.int(1, 2)],
  padding: [0, random.int(0, 1), random.int(0, 1), 0],
});

/** Builds the specification of a model that native code takes. */
class RightModel {
  readonly weights: Handed[] = [];
  readonly ops: Handed[] = [];
  readonly shapes: Shape[];

  constructor(
    private readonly random: Random,
    readonly input: Shape,
  ) {
    this.shapes = [input];
  }

  private weight(shape: Shape, trainable = true): number {
    const initializers = [
      { kind: 'ones', attributes: {} },
      { kind: 'uniform', attributes: { minimum: -0.5, maximum: 0.5 } },
      { kind: 'truncatedNormal', attributes: { mean: 0, stddev: 0.1 } },
    ];
    const initializer = trainable ? this.random.pick(initializers) : initializers[0];
    const l2 = this.random.chance(0.2) ? 0.01 : 0;
    const name = `weight${this.weights.length}`;
    return this.weights.push({ name, shape, initializer, trainable, l1: 0, l2 }) - 1;
  }

  private add(
    type: string,
    shape: Shape,
    attributes: Handed = {},
    weights: readonly number[] = [],
    inputs: readonly number[] = [this.shapes.length - 1],
  ): void {
    this.ops.push({ type, name: `op${this.ops.length}`, inputs, weights, attributes });
    this.shapes.push(shape);
  }

  private get shape(): Shape {
    return this.shapes.at(-1) ?? [];
  }

  private addImageOp(): void {
    const { random, shape } = this;
    const [height = 1, width = 1, channels = 1] = shape;
    const filters = random.int(1, 5);
    const window = { ...windowOf(random), strides: [1, 1], padding: [1, 1, 1, 1] };
    random.pick([
      () => {
        const kernel = this.weight([3, 3, channels, filters]);
        const weights = random.chance(0.5) ? [kernel, this.weight([filters])] : [kernel, -1];
        const attributes = { ...window, dilations: [1, 1], groups: 1, activation: 'linear' };
        this.add('conv2d', [height, width, filters], attributes, weights);
      },
      () => {
        const type = random.pick(['maxPooling2d', 'averagePooling2d']);
        this.add(type, shape, { ...window, poolSize: [3, 3] });
      },
      () => {
        const attributes = { depthRadius: random.int(0, 5), bias: 1, alpha: 0.1, beta: 0.75 };
        this.add('localResponseNormalization', shape, attributes);
      },
      () => {
        this.add('upSampling2d', [height * 2, width, channels], { size: [2, 1] });
      },
      () => {
        this.add('globalAveragePooling2d', [channels]);
      },
      () => {
        this.add('permute', [width, height, channels], { dims: [2, 1, 3] });
      },
    ])();
  }

  private addAnyOp(): void {
    const { random, shape } = this;
    const channels = shape.at(-1) ?? 1;
    const units = random.int(1, 6);
    const last = this.shapes.length - 1;
    random.pick([
      () => {
        const weights = [this.weight([channels, units]), this.weight([units])];
        this.add('dense', [...shape.slice(0, -1), units], { activation: 'linear' }, weights);
      },
      () => {
        const names = ['relu', 'tanh', 'sigmoid', 'elu', 'leakyRelu', 'softplus', 'linear'];
        this.add('activation', shape, { function: random.pick(names), alpha: 0.2 });
      },
      () => {
        this.add('softmax', shape);
      },
      () => {
        this.add('dropout', shape, { rate: 0.5, stream: random.int(0, 9) });
      },
      () => {
        this.add('rescaling', shape, { scale: 0.5, offset: 1 });
      },
      () => {
        this.add('reshape', [shape.reduce((a, b) => a * b, 1)], {
          shape: [shape.reduce((a, b) => a * b, 1)],
        });
      },
      () => {
        this.add('add', shape, {}, [], [last, last]);
      },
      () => {
        const axis = shape.length;
        this.add('concatenate', [...shape.slice(0, -1), channels * 2], { axis }, [], [last, last]);
      },
      () => {
        const scale = [this.weight([channels]), this.weight([channels])];
        const moving = [this.weight([channels], false), this.weight([channels], false)];
        const attributes = { epsilon: 1e-3, momentum: 0.9, training: true };
        this.add('batchNormalization', shape, attributes, [...scale, ...moving]);
      },
    ])();
  }

  build(ops: number): void {
    while (this.ops.length < ops) {
      if (this.shape.length === 3 && this.random.chance(0.6)) this.addImageOp();
      else this.addAnyOp();
    }
  }
}

/** A model, its training and arrays for it, all of them right. */
export interface RightCalls {
  readonly model: Handed;
  readonly training: Handed;
  readonly batch: Handed;
}

export function rightCalls(random: Random): RightCalls {
  const image = random.chance(0.6);
  const input = image ? [random.int(3, 6), random.int(3, 6), random.int(1, 4)] : [random.int(1, 9)];
  const right = new RightModel(random, input);
  right.build(random.int(1, 6));
  const { weights, ops, shapes } = right;
  const size = random.int(1, 5);
  const elements = (shape: Shape): number => shape.reduce((a, b) => a * b, size);
  const output = shapes.at(-1) ?? [];
  const loss = random.pick(['meanSquaredError', 'meanAbsoluteError', 'binaryCrossentropy']);
  const optimizer = random.pick([
    { type: 'sgd', attributes: { momentum: 0.9, nesterov: true, globalClipNorm: 1 } },
    { type: 'sgd', attributes: {} },
    { type: 'adam', attributes: { beta1: 0.9, beta2: 0.99, epsilon: 1e-7, weightDecay: 0.01 } },
  ]);
  return {
    model: {
      backend: random.pick(['cpu', 'cpu', 'reference']),
      seed: 7,
      inputs: [{ name: 'x', shape: input }],
      weights,
      ops,
      outputs: [shapes.length - 1],
    },
    training: {
      losses: [{ type: loss, weight: 1, fromLogits: random.chance(0.3) }],
      metrics: [{ type: 'meanSquaredError', output: 0, attributes: {}, weighted: true }],
      optimizer,
    },
    batch: {
      size,
      inputs: [random.floats(elements(input))],
      targets: [random.floats(elements(output), 0, 1)],
      ...(random.chance(0.3) ? { sampleWeights: [random.floats(size, 0, 1)] } : {}),
      ...(random.chance(0.3) ? { indices: Int32Array.from({ length: size }, () => 0) } : {}),
    },
  };
}
