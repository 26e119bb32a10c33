import { join } from 'node:path';

import { tensor, train, type LayersModel, type ModelOptions, type Optimizer } from 'node-cudnn';

import { bitsOf, largestDifference, weightsOf, type Named } from '../differences.js';
import { everyKind, imagesFor } from '../models.js';
import { attempt, expectCode, type Part, type PartOptions, type Reporter } from '../part.js';

const steps = 20;

/**
 * The largest difference of float32 from the CPU, over the largest value: rounding, grown over
 * twenty steps. Adam divides by roots of small moments.
 */
const allowed = { sgd: 1e-5, adam: 1e-3 } as const;
/**
 * Of the first step's loss where products are rounded. Later losses part: on the CPU, weights that
 * differ by 2e-4 lead to weights that differ by .17 after twenty steps of this network.
 */
const allowedFirst = { tf32: 5e-3, bf16: 5e-2 } as const;

interface Course {
  readonly losses: readonly number[];
  readonly all: readonly Named[];
  readonly bits: string;
}

function rows(count: number, seed: number) {
  const { x, y } = imagesFor(count, seed);
  return { x: tensor(x, [count, 12, 12, 3]), y: tensor(y, [count]) };
}

/** Steps of mixed sizes and rates, with evaluations between them and a prediction at the end. */
async function course(made: LayersModel): Promise<Course> {
  const losses: number[] = [];
  const held = rows(30, 99);
  for (let step = 0; step < steps; step++) {
    const { x, y } = rows(step % 5 === 4 ? 20 : 32, step);
    made.optimizer.learningRate = 0.02 / (1 + 0.1 * step);
    losses.push((await made.trainOnBatch(x, y)).loss);
    if (step % 7 === 3) losses.push((await made.testOnBatch(held.x, held.y)).loss);
  }
  const predicted = [await made.predict(held.x, { batchSize: 8 })].flat();
  const all = [
    { name: 'losses', values: losses },
    { name: 'predictions', values: predicted[0]?.values ?? [] },
    ...(await weightsOf(made)),
  ];
  return { losses, all, bits: await bitsOf(made) };
}

async function run(options: ModelOptions, optimizer: Optimizer): Promise<Course> {
  const made = everyKind({ seed: 3, ...options }, optimizer);
  try {
    return await course(made);
  } finally {
    await made.dispose();
  }
}

const optimizers = {
  sgd: () => train.sgd({ learningRate: 0.02, momentum: 0.9, weightDecay: 1e-3 }),
  adam: () => train.adam(0.002),
} as const;

/** The first run makes its plans, the second restores them from the disk. */
async function compare(
  report: Reporter,
  optimizer: keyof typeof optimizers,
  { precisions, folder }: PartOptions,
): Promise<void> {
  const make = optimizers[optimizer];
  const expected = await run({ backend: 'cpu' }, make());
  for (const precision of precisions) {
    const name = `${optimizer}, ${precision}`;
    await attempt(report, name, async () => {
      const options = { backend: 'cuda', precision, planCache: join(folder, 'plans') } as const;
      const first = await run(options, make());
      if (precision === 'float32') {
        const { name: worst, relative } = largestDifference(first.all, expected.all);
        const found = `${relative.toExponential(2)} of the largest value, in ${worst}`;
        report.check(`${name}: as on the CPU`, relative <= allowed[optimizer], found);
      } else {
        const [a = NaN, b = NaN] = [first.losses[0], expected.losses[0]];
        const ok = Math.abs(a - b) <= allowedFirst[precision] * Math.abs(b);
        report.check(`${name}: the first loss as on the CPU`, ok, `${a}, ${b}`);
      }
      const again = await run(options, make());
      report.check(`${name}: the same bits again`, first.bits === again.bits, again.bits);
    });
  }
}

async function notFinite(report: Reporter): Promise<void> {
  const made = everyKind({ seed: 3, backend: 'cuda' });
  try {
    const { x, y } = rows(32, 0);
    await made.trainOnBatch(x, y);
    const { x: bad } = imagesFor(32, 1);
    bad[500] = NaN;
    await expectCode(report, 'a NaN in a batch', 'ERR_DATA', () =>
      made.trainOnBatch(tensor(bad, [32, 12, 12, 3]), y),
    );
    made.optimizer.learningRate = 1e30;
    await expectCode(report, 'weights that explode', 'ERR_NOT_FINITE', async () => {
      for (let i = 0; i < 4; i++) await made.trainOnBatch(x, y);
    });
  } finally {
    await made.dispose();
  }
}

export const stepsPart: Part = {
  name: 'steps',
  title: 'twenty steps, as on the CPU and twice the same',
  seconds: 120,
  async run(report, options) {
    await compare(report, 'sgd', options);
    await compare(report, 'adam', options);
    await attempt(report, 'values that are not finite', () => notFinite(report));
  },
};
