/** Small models that can be made of one another's layers. */
import { input, layers, model, sequential, tensor, train } from '../../lib/index.js';
import type { LayersModel, Optimizer, Sequential, Tensor } from '../../lib/index.js';

export const width = 4;
export const rows = 8;
export const x = tensor(
  Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i)),
  [rows, width],
);
export const y = tensor(
  Float32Array.from({ length: rows * width }, (_, i) => Math.cos(2 * i)),
  [rows, width],
);
export const quiet = { verbose: 0, batchSize: rows, shuffle: false } as const;

export async function values(each: LayersModel): Promise<number[]> {
  return Array.from(((await each.predict(x)) as Tensor).values);
}

export async function weights(each: LayersModel): Promise<number[][]> {
  return (await each.getWeights()).map((weight) => Array.from(weight.values));
}

export function compiled<T extends LayersModel>(
  each: T,
  optimizer: Optimizer = train.adam(0.01),
): T {
  each.compile({ optimizer, loss: 'meanSquaredError' });
  return each;
}

/** Makes models on one backend, which end() disposes of. */
export class Workshop {
  private readonly made: LayersModel[] = [];

  constructor(readonly backend: string) {}

  track<T extends LayersModel>(each: T): T {
    this.made.push(each);
    return each;
  }

  /** Layers '<name>_one', '<name>_drop', '<name>_two'. */
  network(name: string, seed = 1): Sequential {
    const stack = [
      layers.dense({
        units: width,
        activation: 'tanh',
        inputShape: [width],
        name: `${name}_one`,
      }),
      layers.dropout({ rate: 0.25, name: `${name}_drop` }),
      layers.dense({ units: width, name: `${name}_two` }),
    ];
    return this.track(sequential({ backend: this.backend, name, seed, layers: stack }));
  }

  /** A model of all layers of some models, one behind the other. */
  over(name: string, ...stack: LayersModel[]): LayersModel {
    const start = input({ shape: [width] });
    const all = stack.flatMap((each) => each.layers);
    const outputs = all.reduce((symbol, layer) => layer.apply(symbol), start);
    return this.track(model({ backend: this.backend, name, inputs: start, outputs }));
  }

  async end(): Promise<void> {
    await Promise.all(this.made.splice(0).map((each) => each.dispose()));
  }
}
