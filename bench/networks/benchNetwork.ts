import { train, type LayersModel, type Optimizer } from 'node-cudnn';

/** A network that node-cudnn and its peers train and run; its layers are written once for each. */
export interface BenchNetwork {
  /** As --only and the peers' scripts know it. */
  readonly name: string;
  /** Batch sizes that are trained. */
  readonly batches: readonly number[];
  /** Of one sample. */
  readonly inputShape: readonly number[];
  /** Of one sample's labels: [] for one label an image, [height, width] for one a pixel. */
  readonly targetShape: readonly number[];
  readonly classes: number;
  readonly optimizer: 'sgd' | 'adam';
  /** Ends in softmax; without optimizer and loss. */
  make(): LayersModel;
}

/** Of both optimizers, here and in the peers' scripts. */
export const learningRate = 0.001;
export const momentum = 0.9;

function optimizerOf(network: BenchNetwork): Optimizer {
  return network.optimizer === 'adam'
    ? train.adam(learningRate)
    : train.sgd({ learningRate, momentum });
}

/** The network with its optimizer and loss. */
export function compiled(network: BenchNetwork): LayersModel {
  const model = network.make();
  model.compile({ optimizer: optimizerOf(network), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Noise in [-.5, .5): the time of a step does not depend on the values. */
export function noise(network: BenchNetwork, size: number): Float32Array<ArrayBuffer> {
  const x = new Float32Array(size * elements(network.inputShape));
  for (let i = 0; i < x.length; i++) x[i] = ((i * 2654435761) % 1000) / 1000 - 0.5;
  return x;
}

export function labels(network: BenchNetwork, size: number): Int32Array<ArrayBuffer> {
  const length = size * elements(network.targetShape);
  return Int32Array.from({ length }, (_, i) => (i * 7919) % network.classes);
}
