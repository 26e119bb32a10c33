import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  layers,
  loadLayersModel,
  sequential,
  train,
  type Predictor,
  type Sequential,
  type Tensor,
} from 'node-cudnn';
import type { Kind } from '../kind.js';
import { Random } from '../random.js';
import { mustFail } from '../verdict.js';

interface Trial {
  readonly random: Random;
  readonly folder: string;
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly rows: number;
  readonly rowElements: number;
}

const classes = 3;
const busy = ['ERR_MODEL_BUSY'] as const;

/** The same network for the same seed. */
function network(random: Random, channels: number): Sequential {
  const filters = random.pick([3, 8, 16, 17]);
  const made = sequential({
    backend: random.pick(['cpu', 'cpu', 'reference']),
    seed: random.int(0, 1000),
    layers: [
      layers.conv2d({ filters, kernelSize: 3, inputShape: [6, 6, channels], activation: 'relu' }),
      ...(random.chance(0.5) ? [layers.batchNormalization({ momentum: 0.8 })] : []),
      ...(random.chance(0.3) ? [layers.localResponseNormalization()] : []),
      ...(random.chance(0.5) ? [layers.dropout({ rate: 0.3 })] : []),
      random.chance(0.5) ? layers.flatten() : layers.globalAveragePooling2d(),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  made.compile({
    optimizer: random.chance(0.5)
      ? train.adam(0.01)
      : train.sgd({ learningRate: 0.02, momentum: 0.9 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return made;
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function requireOutputs(output: Tensor | Tensor[], count: number): void {
  const { shape, values } = output as Tensor;
  require(isDeepStrictEqual(shape, [count, classes]), `the shape ${String(shape)}`);
  for (let row = 0; row < count; row++) {
    const sum = Array.from(values.slice(classes * row, classes * (row + 1))).reduce(
      (a, b) => a + b,
      0,
    );
    require(Math.abs(sum - 1) < 1e-4, `probabilities that add up to ${sum}`);
  }
}

/** One call of a model in training, checked by itself. */
async function disturb(model: Sequential, predictor: Predictor, trial: Trial): Promise<void> {
  const { random, x, y, rows, rowElements } = trial;
  const first = random.int(0, rows - 1);
  const count = random.int(1, Math.min(rows - first, 8));
  const some = x.subarray(first * rowElements, (first + count) * rowElements);
  const labels = y.subarray(first, first + count);
  const batchSize = random.int(1, 8);
  const path = join(trial.folder, `model-${random.int(0, 2)}.safetensors`);
  await random.pick<() => Promise<unknown>>([
    async () => {
      requireOutputs(await model.predict(some, { batchSize }), count);
    },
    async () => {
      requireOutputs(await predictor.predict(some), count);
    },
    () => model.predict(some, { training: true }),
    async () => {
      const { loss } = await model.evaluate(some, labels, { batchSize });
      require(loss >= 0 && Number.isFinite(loss), `the loss ${loss}`);
    },
    () => model.testOnBatch(some, labels),
    () => model.getWeights(),
    () => model.explain(random.pick(['train', 'evaluate', 'predict']), batchSize),
    async () => {
      await model.save(path);
      const loaded = await loadLayersModel(path);
      requireOutputs(await loaded.predict(some), count);
      await loaded.dispose();
    },
    () => mustFail('trainOnBatch()', () => model.trainOnBatch(some, labels), busy),
    () =>
      mustFail(
        'compile()',
        () => {
          model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
        },
        busy,
      ),
  ])();
}

async function weightsOf(model: Sequential): Promise<unknown> {
  return (await model.getWeights()).map(({ values }) => values);
}

export const kind: Kind = {
  describe: 'random calls of a model in training, which must not notice',
  async run(seed, { folder }) {
    const random = new Random(seed);
    const channels = random.pick([1, 3, 16]);
    const rows = random.int(8, 40);
    const rowElements = 36 * channels;
    const x = random.floats(rows * rowElements);
    const y = Int32Array.from({ length: rows }, () => random.int(0, classes - 1));
    const trial = { random, folder, x, y, rows, rowElements };
    const choices = random.int(0, 2 ** 31);
    const options = { batchSize: random.int(1, 16), epochs: random.int(2, 6), verbose: 0 } as const;

    const calm = network(new Random(choices), channels);
    const expected = await calm.fit(x, y, options);
    const model = network(new Random(choices), channels);
    const predictor = model.predictor({ maxBatch: 8, maxWait: random.pick([0, 1, 5]) });
    const state = { running: true };
    const training = model.fit(x, y, options).finally(() => {
      state.running = false;
    });
    const calls: Promise<unknown>[] = [training];
    while (state.running && calls.length < 200) {
      const call = disturb(model, predictor, trial);
      calls.push(call);
      if (random.chance(0.1)) await call;
      // A training that has just ended is known to have.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(calls);
    const { history } = await training;
    require(isDeepStrictEqual(history, expected.history), 'the training has other logs');
    require(isDeepStrictEqual(
      await weightsOf(model),
      await weightsOf(calm),
    ), 'the training has other weights');
    await predictor.close();
    await Promise.all([model.dispose(), calm.dispose()]);
  },
};
