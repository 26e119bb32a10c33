import { alexnet, alexnet8, train, type LayersModel } from 'node-cudnn';

/** The networks that the benchmark and its peers train. */
export type NetworkName = 'paper' | 'plain' | 'alexnet8';

export interface Network {
  readonly model: LayersModel;
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
}

/** A compiled network: SGD with momentum .9 for the AlexNets, Adam for AlexNet8. */
export function makeNetwork(name: NetworkName): Network {
  if (name === 'alexnet8') {
    const model = alexnet8({ inputShape: [32, 32, 3], classes: 10 });
    model.compile({ optimizer: train.adam(0.001), loss: 'sparseCategoricalCrossentropy' });
    return { model, inputShape: [32, 32, 3], classes: 10 };
  }
  const model = alexnet({ variant: name, inputShape: [227, 227, 3], classes: 1000 });
  model.compile({
    optimizer: train.sgd({ learningRate: 0.001, momentum: 0.9 }),
    loss: 'sparseCategoricalCrossentropy',
  });
  return { model, inputShape: [227, 227, 3], classes: 1000 };
}

/** A batch of noise: the time of a step does not depend on the values. */
export function makeBatch(
  network: Network,
  size: number,
): { size: number; inputs: [Float32Array]; targets: [Int32Array] } {
  const elements = network.inputShape.reduce((product, axis) => product * axis, size);
  const x = new Float32Array(elements);
  for (let i = 0; i < x.length; i++) x[i] = ((i * 2654435761) % 1000) / 1000 - 0.5;
  const y = Int32Array.from({ length: size }, (_, i) => (i * 7919) % network.classes);
  return { size, inputs: [x], targets: [y] };
}
