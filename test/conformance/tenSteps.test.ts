import { tensor, train } from '../../lib/index.js';
import type { LayersModel, Optimizer } from '../../lib/index.js';
import { expectClose } from '../closeness.js';
import { toleranceOf } from '../tolerances.js';
import type { BackendName } from '../tolerances.js';
import { buildSequential, readGolden } from './golden.js';
import type { LayerEntry, Packed } from './golden.js';
import { hashed } from './hashed.js';
import type { HashedShape } from './hashed.js';

const BACKENDS: readonly BackendName[] = ['cpu', 'reference'];

interface OptimizerEntry {
  readonly className: string;
  readonly args: Readonly<Record<string, number | boolean>>;
}

interface OptimizerCase {
  readonly name: string;
  readonly optimizer: OptimizerEntry;
  readonly learningRates?: readonly number[];
  readonly expected: { readonly losses: readonly number[]; readonly weights: readonly Packed[][] };
}

interface OptimizerGolden {
  readonly weights: readonly Packed[];
  readonly x: Packed;
  readonly target: Packed;
  readonly cases: readonly OptimizerCase[];
}

interface AlexnetGolden {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerEntry[];
  readonly optimizer: OptimizerEntry;
  readonly loss: string;
  readonly weights: readonly HashedShape[];
  readonly x: HashedShape;
  readonly target: Packed;
  readonly expected: {
    readonly losses: readonly number[];
    readonly firstBias: Packed;
    readonly lastBias: Packed;
    readonly weightNorms: readonly number[];
  };
}

function makeOptimizer({ className, args }: OptimizerEntry): Optimizer {
  const factories = train as unknown as Record<string, (args: object) => Optimizer>;
  const factory = factories[className];
  if (!factory) throw new Error(`train has no ${className}`);
  return factory({ ...args });
}

/** Trains one step on a whole batch and returns its loss. */
async function stepLoss(
  network: LayersModel,
  x: Float32Array,
  target: Float32Array | Int32Array,
  size: number,
): Promise<number> {
  const program = await network.program();
  await program.results(true);
  await program.train({ size, inputs: [x], targets: [target] }, network.optimizer.learningRate);
  const [loss] = await program.results(true);
  return loss ? loss.sum / loss.count : Number.NaN;
}

describe.each(BACKENDS)("ten steps on '%s'", (backend) => {
  const golden = readGolden('optimizers') as OptimizerGolden;
  const x = Float32Array.from(golden.x.data);
  const target = Float32Array.from(golden.target.data);
  const [rows = 0, columns = 0] = golden.x.shape;

  it.each(golden.cases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { optimizer, learningRates, expected } = each;
    const tolerance = toleranceOf([optimizer.className === 'sgd' ? 'sgd' : 'adam'], backend);
    const units = golden.target.shape[1];
    const network = buildSequential([{ className: 'dense', args: { units } }], [columns], backend);
    try {
      network.compile({ optimizer: makeOptimizer(optimizer), loss: 'meanSquaredError' });
      await network.setWeights(golden.weights.map((w) => tensor(w.data, [...w.shape])));
      for (let step = 0; step < expected.losses.length; step++) {
        const rate = learningRates?.[step];
        if (rate !== undefined) network.optimizer.learningRate = rate;
        const loss = await stepLoss(network, x, target, rows);
        expectClose(`loss ${step}`, [loss], [expected.losses[step] ?? Number.NaN], tolerance);
        const weights = await network.getWeights();
        weights.forEach((weight, i) => {
          const wanted = expected.weights[step]?.[i]?.data ?? [];
          expectClose(`weight ${i} after step ${step}`, weight.dataSync(), wanted, tolerance);
        });
      }
    } finally {
      await network.dispose();
    }
  });
});

describe.each(BACKENDS)(
  "a small AlexNet with groups and response normalization on '%s'",
  (backend) => {
    it('has the first ten losses and the final weights of PyTorch', async () => {
      const golden = readGolden('alexnet') as AlexnetGolden;
      const { expected } = golden;
      const tolerance = toleranceOf(['training'], backend);
      const network = buildSequential(golden.layers, golden.inputShape, backend);
      try {
        network.compile({ optimizer: makeOptimizer(golden.optimizer), loss: golden.loss });
        await network.setWeights(golden.weights.map((w) => tensor(hashed(w), [...w.shape])));
        const x = hashed(golden.x);
        const labels = Int32Array.from(golden.target.data);
        const losses: number[] = [];
        while (losses.length < expected.losses.length) {
          losses.push(await stepLoss(network, x, labels, labels.length));
        }
        expectClose('loss', losses, expected.losses, tolerance);
        const weights = (await network.getWeights()).map((each) => each.dataSync());
        expectClose('first bias', weights[1] ?? [], expected.firstBias.data, tolerance);
        expectClose('last bias', weights.at(-1) ?? [], expected.lastBias.data, tolerance);
        const norms = weights.map((each) => Math.hypot(...each));
        expectClose('norm of a weight', norms, expected.weightNorms, tolerance);
      } finally {
        await network.dispose();
      }
    });
  },
);
