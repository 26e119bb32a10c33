import { tensor, train } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';
import type { Batch, Result } from '../../lib/native/program.js';
import { expectClose } from '../closeness.js';
import { toleranceOf } from '../tolerances.js';
import type { BackendName, Tolerance } from '../tolerances.js';
import { goldenCases, opsOf } from './golden.js';
import type { GoldenCase, Packed } from './golden.js';

const FAMILIES = [
  'convolution',
  'grouped_convolution',
  'pooling',
  'normalization',
  'dense',
  'merge',
  'rearrange',
  'losses',
];
const BACKENDS: readonly BackendName[] = ['cpu', 'reference'];

function targetArray(target: Packed, loss: string): Float32Array | Int32Array {
  return loss === 'sparseCategoricalCrossentropy'
    ? Int32Array.from(target.data)
    : Float32Array.from(target.data);
}

function batchOf({ xs, targets, losses, sampleWeight }: GoldenCase): Batch {
  return {
    size: xs[0]?.shape[0] ?? 0,
    inputs: xs.map(({ data }) => Float32Array.from(data)),
    targets: targets.map((target, i) => targetArray(target, losses[i] ?? '')),
    ...(sampleWeight && { sampleWeights: [Float32Array.from(sampleWeight)] }),
  };
}

async function prepare(golden: GoldenCase, backend: BackendName): Promise<LayersModel> {
  const network = golden.build(backend);
  network.compile({ optimizer: train.sgd(0.01), loss: [...golden.losses] });
  await network.setWeights(golden.weights.map(({ data, shape }) => tensor(data, [...shape])));
  return network;
}

/** Losses and penalties of the steps since the last reset. */
function totalLoss(results: readonly Result[]): number {
  const terms = results.filter(({ name }) => name.startsWith('loss/') || name === 'penalty');
  return terms.reduce((sum, term) => sum + term.sum / term.count, 0);
}

function expectAll(
  name: string,
  actual: readonly ArrayLike<number>[],
  expected: readonly Packed[],
  tolerance: Tolerance,
): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach(({ data }, i) => {
    expectClose(`${name} ${i}`, actual[i] ?? [], data, tolerance);
  });
}

async function checkForward(network: LayersModel, golden: GoldenCase, tolerance: Tolerance) {
  const program = await network.program();
  const { outputs, inference } = golden.expected;
  const predicted = await program.predict(batchOf(golden));
  expectAll('output', predicted, inference ? [inference] : outputs, tolerance);
}

async function checkBackward(network: LayersModel, golden: GoldenCase, tolerance: Tolerance) {
  const program = await network.program();
  const { inputGradients, weightGradients } = golden.expected;
  const { inputs, weights } = await program.gradients(batchOf(golden));
  expectAll('input gradient', inputs, inputGradients, tolerance);
  // A weight that does not train has an empty gradient.
  const trained = weights.filter(({ length }) => length > 0);
  expectAll('weight gradient', trained, weightGradients, tolerance);
}

async function checkStep(network: LayersModel, golden: GoldenCase, tolerance: Tolerance) {
  const program = await network.program();
  await program.results(true);
  await program.train(batchOf(golden), 0);
  const loss = totalLoss(await program.results(true));
  expectClose('loss', [loss], [golden.expected.loss], tolerance);
  const { movingStatistics } = golden.expected;
  if (!movingStatistics) return;
  const trained = await network.getWeights();
  const moving = trained.filter((_, i) => /moving/i.test(network.weights[i]?.name ?? ''));
  expectAll(
    'moving statistic',
    moving.map((each) => each.dataSync()),
    movingStatistics,
    tolerance,
  );
}

describe.each(BACKENDS)("goldens on '%s'", (backend) => {
  describe.each(FAMILIES)('%s', (family) => {
    const cases = goldenCases(family);
    it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
      const tolerance = toleranceOf(opsOf(golden), backend);
      const network = await prepare(golden, backend);
      try {
        await checkForward(network, golden, tolerance);
        await checkBackward(network, golden, tolerance);
        await checkStep(network, golden, tolerance);
      } finally {
        await network.dispose();
      }
    });
  });
});
