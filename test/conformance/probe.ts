import { tensor, train } from '../../lib/index.js';
import type { LayersModel, Optimizer } from '../../lib/index.js';
import type { HostArray } from '../../lib/native/program.js';
import type { BackendName } from '../tolerances.js';
import { buildSequential } from './golden.js';
import type { LayerEntry } from './golden.js';

export interface ProbeOptions {
  readonly layers: readonly LayerEntry[];
  readonly inputShape: readonly number[];
  readonly loss?: string;
  readonly optimizer?: Optimizer;
  readonly metrics?: string[];
  readonly weightedMetrics?: string[];
  /** In Keras order; left out: as initialized. */
  readonly weights?: readonly (readonly number[])[];
}

/** A rate that leaves every float32 weight of about 1 as it is. */
export const STILL = 1e-30;

/** A compiled sequential model that tests feed by hand. */
export class Probe {
  private constructor(readonly model: LayersModel) {}

  static async make(backend: BackendName, options: ProbeOptions): Promise<Probe> {
    const { layers, inputShape, loss = 'meanSquaredError', optimizer, weights } = options;
    const model = buildSequential(layers, inputShape, backend);
    model.compile({
      optimizer: optimizer ?? train.sgd(STILL),
      loss,
      metrics: options.metrics ?? [],
      weightedMetrics: options.weightedMetrics ?? [],
    });
    if (weights) {
      const shapes = model.weights.map(({ shape }) => [...shape]);
      await model.setWeights(weights.map((values, i) => tensor(values, shapes[i] ?? [])));
    }
    return new Probe(model);
  }

  async predict(x: readonly number[], size = 1): Promise<number[]> {
    const program = await this.model.program();
    const [output] = await program.predict({ size, inputs: [Float32Array.from(x)] });
    return Array.from(output ?? []);
  }

  /** Gradients of the training loss by the input and by each trainable weight. */
  async gradients(
    x: readonly number[],
    target: HostArray,
    size = 1,
    sampleWeight?: readonly number[],
  ): Promise<{ input: number[]; weights: number[][] }> {
    const program = await this.model.program();
    const found = await program.gradients({
      size,
      inputs: [Float32Array.from(x)],
      targets: [target],
      ...(sampleWeight && { sampleWeights: [Float32Array.from(sampleWeight)] }),
    });
    return {
      input: Array.from(found.inputs[0] ?? []),
      weights: found.weights.map((each) => Array.from(each)),
    };
  }

  /** One training step; its loss. */
  async step(x: readonly number[], target: HostArray, size = 1): Promise<number> {
    const program = await this.model.program();
    await program.results(true);
    const { learningRate } = this.model.optimizer;
    await program.train({ size, inputs: [Float32Array.from(x)], targets: [target] }, learningRate);
    const [loss] = await program.results(true);
    return loss ? loss.sum / loss.count : Number.NaN;
  }

  async weights(): Promise<number[][]> {
    return (await this.model.getWeights()).map((each) => Array.from(each.dataSync()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.dispose();
  }
}
