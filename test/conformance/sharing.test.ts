/** Keras's weights and losses of models that share layers: test/goldens/sharing.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  input,
  layers,
  model,
  sequential,
  tensor,
  train,
  type LayersModel,
  type Tensor,
} from '../../lib/index.js';

type Lists = readonly (readonly number[])[];
interface Case<Weights> {
  readonly first: Weights;
  readonly losses: readonly number[];
  readonly last: Weights;
}
interface Goldens {
  readonly siamese: Case<Lists>;
  readonly adversaries: Case<readonly [generator: Lists, judge: Lists]>;
  readonly fineTuning: Case<Lists> & { readonly head: Lists; readonly lastHead: Lists };
}

const file = join(__dirname, '../goldens/sharing.json');
const goldens = JSON.parse(readFileSync(file, 'utf8')) as Goldens;

/** Three steps in float32, of numbers near 1. */
const digits = 5;

function values(shape: number[], first: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(first + i)),
    shape,
  );
}

async function set(net: LayersModel, lists: Lists): Promise<void> {
  await net.setWeights(
    net.weights.map(({ shape }, i) => tensor([...(lists[i] ?? [])], [...shape])),
  );
}

function requireClose(actual: readonly Tensor[], expected: Lists): void {
  const flat = actual.flatMap((each) => [...each.values]);
  const wanted = expected.flat();
  expect(flat).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(flat[i]).toBeCloseTo(value, digits);
  });
}

function compile(net: LayersModel): void {
  net.compile({ optimizer: train.sgd(0.1), loss: 'meanSquaredError' });
}

const ones = (count: number): Tensor => tensor(new Float32Array(count).fill(1), [count, 1]);
const zeros = (count: number): Tensor => tensor(new Float32Array(count), [count, 1]);

describe.each(['cpu', 'reference'])('on %s, as Keras', (backend) => {
  it('trains an encoder that is used twice', async () => {
    const { first, losses, last } = goldens.siamese;
    const encoder = sequential({
      backend,
      layers: [
        layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }),
        layers.dense({ units: 3 }),
      ],
    });
    const sides = ['left', 'right'].map((name) => input({ name, shape: [3] }));
    const both = layers.concatenate().apply(sides.map((side) => encoder.apply(side)));
    const same = layers.dense({ units: 1, activation: 'sigmoid' }).apply(both);
    await using net = model({ backend, inputs: sides, outputs: same });
    compile(net);
    await set(net, first);
    const x = [values([5, 3], 2), values([5, 3], 50)];
    const y = tensor([0, 1, 1, 0, 1], [5, 1]);
    for (const loss of losses)
      expect((await net.trainOnBatch(x, y)).loss).toBeCloseTo(loss, digits);
    requireClose(await net.getWeights(), last);
    await encoder.dispose();
  });

  it('trains a judge, and a generator through the frozen judge', async () => {
    const { first, losses, last } = goldens.adversaries;
    await using generator = sequential({
      backend,
      layers: [layers.dense({ units: 3, activation: 'tanh', inputShape: [2] })],
    });
    await using judge = sequential({
      backend,
      name: 'judge',
      layers: [
        layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }),
        layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    });
    compile(judge);
    judge.trainable = false;
    const noise = input({ shape: [2] });
    const outputs = judge.apply(generator.apply(noise));
    await using both = model({ backend, inputs: noise, outputs });
    compile(both);
    await set(generator, first[0]);
    await set(judge, first[1]);
    const [real, z] = [values([4, 3], 5), values([4, 2], 31)];
    const found = [(await judge.trainOnBatch(real, ones(4))).loss];
    for (let round = 0; round < 2; ++round) {
      found.push((await both.trainOnBatch(z, ones(4))).loss);
      const made = await generator.predict(z);
      found.push((await judge.trainOnBatch(made, zeros(4))).loss);
    }
    losses.forEach((loss, i) => {
      expect(found[i]).toBeCloseTo(loss, digits);
    });
    requireClose(await generator.getWeights(), last[0]);
    requireClose(await judge.getWeights(), last[1]);
  });

  it('fine-tunes: a new end on frozen layers, then all of it', async () => {
    const { first, losses, last, head, lastHead } = goldens.fineTuning;
    await using base = sequential({
      backend,
      layers: [
        layers.batchNormalization({ momentum: 0.5, inputShape: [3] }),
        layers.dense({ name: 'hidden', units: 4, activation: 'tanh' }),
        layers.dense({ units: 2 }),
      ],
    });
    await set(base, first);
    const end = layers.dense({ name: 'new_end', units: 1 });
    const outputs = end.apply(base.getLayer('hidden').output);
    await using tuned = model({ backend, inputs: base.inputs, outputs });
    await end.setWeights([tensor([...(head[0] ?? [])], [4, 1]), tensor([...(head[1] ?? [])], [1])]);
    const [x, y] = [values([6, 3], 8), values([6, 1], 44)];
    const found: number[] = [];
    for (const trainable of [false, true]) {
      base.trainable = trainable;
      compile(tuned);
      for (let i = 0; i < 2; ++i) found.push((await tuned.trainOnBatch(x, y)).loss);
    }
    losses.forEach((loss, i) => {
      expect(found[i]).toBeCloseTo(loss, digits);
    });
    requireClose(await base.getWeights(), last);
    requireClose(await end.getWeights(), lastHead);
  });
});
