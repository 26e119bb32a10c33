/** The values of a layer's weights, and fine-tuning: load, cut, put a new end on, freeze, train. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  input,
  layers,
  loadLayersModel,
  model,
  sequential,
  tensor,
  train,
  zeros,
  type LayersModel,
  type SymbolicTensor,
  type Tensor,
} from '../../lib/index.js';
import { coded } from '../unit/modelErrors.js';
import { smallNetwork, stripes, weightBits } from './models.js';

const { x, y } = stripes(12);
const images = tensor(x, [12, 6, 6, 1]);
const labels = tensor(y, [12]);
const quiet = { epochs: 1, batchSize: 4, verbose: 0 as const };

async function floats(values: Tensor | Tensor[]): Promise<number[]> {
  const list = Array.isArray(values) ? values : [values];
  return (await Promise.all(list.map((each) => each.data()))).flatMap((data) => [...data]);
}

describe('the weights of a layer', () => {
  it('are refused while their last model is disposed of', async () => {
    const dense = layers.dense({ units: 2, inputShape: [2] });
    const makers = [
      () => dense.getWeights(),
      () => dense.setWeights([tensor([1, 2, 3, 4], [2, 2]), tensor([5, 6], [2])]),
    ];
    const first = sequential({ layers: [dense] });
    await first.getWeights();
    const calls = Array.from({ length: 20 }, (_, i) => makers[i % 2]?.());
    const predictions = Array.from({ length: 5 }, () => first.predict(tensor([1, 2], [1, 2])));
    for (let turn = 0; turn < 10; ++turn) await Promise.resolve();
    const disposed = first.dispose();
    for (const end of await Promise.allSettled([...calls, ...predictions])) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ERR_DISPOSED' });
    }
    await disposed;
  });

  it('are read and set in every model that has it', async () => {
    const dense = layers.dense({ units: 2, inputShape: [2], name: 'shared' });
    await expect(dense.getWeights()).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await using first = sequential({ layers: [dense] });
    const drawn = await dense.getWeights();
    expect(drawn.map(({ shape }) => shape)).toEqual([[2, 2], [2]]);
    expect(await floats(drawn)).toEqual(await floats(await first.getWeights()));
    const start = input({ shape: [2] });
    await using second = model({ inputs: start, outputs: dense.apply(start) });
    await dense.setWeights([tensor([1, 0, 0, 1], [2, 2]), tensor([5, 6], [2])]);
    for (const each of [first, second]) {
      expect(await floats(await each.predict(tensor([1, 2], [1, 2])))).toEqual([6, 8]);
    }
    await expect(dense.setWeights([tensor([1], [1])])).rejects.toEqual(
      coded('ERR_SHAPE', "dense 'shared': setWeights() expected 2 tensors, got 1"),
    );
    await expect(
      dense.setWeights([tensor([1, 2], [2, 1]), tensor([1, 2], [2])]),
    ).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(dense.setWeights(3 as never)).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    expect(
      await layers
        .flatten()
        .getWeights()
        .catch((error: unknown) => error),
    ).toMatchObject({
      code: 'ERR_SHAPE',
    });
  });

  it('need a model, and go with the last one', async () => {
    const dense = layers.dense({ units: 1, name: 'alone' });
    dense.apply(input({ shape: [2] }));
    await expect(dense.getWeights()).rejects.toMatchObject({ code: 'ERR_OPTION' });
    const net = sequential({ layers: [layers.dense({ units: 1, inputShape: [2], name: 'gone' })] });
    const layer = net.getLayer('gone');
    await layer.getWeights();
    await net.dispose();
    await expect(layer.getWeights()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    await expect(layer.setWeights([zeros([2, 1]), zeros([1])])).rejects.toMatchObject({
      code: 'ERR_DISPOSED',
    });
  });

  it('can be set in the middle of a training', async () => {
    await using net = smallNetwork();
    const end = net.getLayer('dense');
    const seen: number[] = [];
    await net.fit(images, labels, {
      ...quiet,
      callbacks: {
        onBatchEnd: async (batch: number) => {
          const [kernel, bias] = await end.getWeights();
          if (kernel === undefined || bias === undefined) return;
          if (batch === 1) await end.setWeights([kernel, tensor([7, 8, 9], [3])]);
          seen.push(...(await floats((await end.getWeights()).slice(1))));
        },
      },
    });
    expect(seen.slice(3, 6)).toEqual([7, 8, 9]);
    // The next step goes on from there.
    for (const [i, value] of seen.slice(6).entries())
      expect(Math.abs(value - 7 - i)).toBeLessThan(1);
    expect(seen.slice(6)).not.toEqual([7, 8, 9]);
  });
});

describe('a network that is cut', () => {
  let folder: string;
  let base: LayersModel;
  let untouched: LayersModel;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fine-tune-'));
    await using trained = smallNetwork();
    await trained.fit(images, labels, quiet);
    await trained.save(join(folder, 'base'));
    base = await loadLayersModel(join(folder, 'base'));
    untouched = await loadLayersModel(join(folder, 'base'));
  });

  afterEach(async () => {
    await base.dispose();
    await untouched.dispose();
    await rm(folder, { recursive: true });
  });

  const cut = (whole: LayersModel): LayersModel =>
    model({ inputs: whole.inputs, outputs: whole.getLayer('flatten').output });

  it('gives the features of the whole one, before and after that trains', async () => {
    await using features = cut(base);
    await using whole = model({
      inputs: base.inputs,
      outputs: [base.getLayer('flatten').output, ...base.outputs],
    });
    for (let round = 0; round < 2; ++round) {
      const both = (await whole.predict(images)) as Tensor[];
      expect(await floats(await features.predict(images))).toEqual(await floats(both[0] as Tensor));
      expect(await floats(await base.predict(images))).toEqual(await floats(both[1] as Tensor));
      await base.fit(images, labels, quiet);
    }
  });

  it('has the loss of an end on the features of the uncut one', async () => {
    const end = layers.dense({ units: 3, activation: 'softmax', name: 'end' });
    await using tuned = model({ inputs: base.inputs, outputs: end.apply(cut(base).outputs) });
    const args = { optimizer: train.sgd(0.1), loss: 'sparseCategoricalCrossentropy' } as const;
    tuned.compile(args);
    // The same end, alone, on features that the uncut network gave.
    await using uncut = cut(untouched);
    const given = (await uncut.predict(images)) as Tensor;
    await using alone = sequential({
      layers: [layers.dense({ units: 3, activation: 'softmax', inputShape: given.shape.slice(1) })],
    });
    alone.compile(args);
    await alone.setWeights(await end.getWeights());
    const [ours, theirs] = [
      await tuned.evaluate(images, labels),
      await alone.evaluate(given, labels),
    ];
    expect(ours.loss).toBeCloseTo(theirs.loss, 5);
  });

  it('trains its new end alone while its features are frozen, then all of it', async () => {
    const end = layers.dense({ units: 3, activation: 'softmax', name: 'end' });
    await using tuned = model({ inputs: base.inputs, outputs: end.apply(cut(base).outputs) });
    for (const layer of base.layers) layer.trainable = false;
    const compile = (rate: number): void => {
      tuned.compile({ optimizer: train.sgd(rate), loss: 'sparseCategoricalCrossentropy' });
    };
    compile(0.1);
    const before = await weightBits(base);
    const head = await floats(await end.getWeights());
    await tuned.fit(images, labels, quiet);
    expect(await weightBits(base)).toEqual(before);
    expect(await floats(await end.getWeights())).not.toEqual(head);
    for (const layer of base.layers) layer.trainable = true;
    compile(0.01);
    await tuned.fit(images, labels, quiet);
    expect(await weightBits(base)).not.toEqual(before);
    // The old end is no part of the cut network.
    expect((await weightBits(base)).slice(-2)).toEqual(before.slice(-2));
  });

  it('lives on when the network that it was cut from is disposed of', async () => {
    const features = cut(base);
    const given = await floats(await features.predict(images));
    await base.dispose();
    expect(await floats(await features.predict(images))).toEqual(given);
    await features.dispose();
    const again = (): SymbolicTensor | readonly SymbolicTensor[] => cut(base).outputs;
    expect(again).toThrow(coded('ERR_DISPOSED'));
  });
});

describe('what is shared', () => {
  it('is said by summary(), explain() and plan()', async () => {
    await using base = sequential({
      name: 'base',
      layers: [
        layers.dense({ units: 4, inputShape: [3], name: 'hidden' }),
        layers.dense({ units: 2, name: 'end' }),
      ],
    });
    expect(base.summaryData().shared).toEqual([]);
    const features = model({
      name: 'features',
      inputs: base.inputs,
      outputs: base.getLayer('hidden').output,
    });
    const outer = sequential({ name: 'outer', layers: [features] });
    const lines: string[] = [];
    outer.summary(undefined, undefined, (line) => lines.push(line));
    const expected = [
      "shared with model 'base': features/hidden",
      "shared with model 'features': features/hidden",
    ];
    expect(lines.slice(-3, -1)).toEqual(expected.map((line) => line.replace('shared', 'Shared')));
    expect((await outer.explain('predict', 2)).split('\n').slice(-3)).toEqual([...expected, '']);
    expect((await outer.plan('predict', 2)).shared).toEqual([
      { with: "model 'base'", layers: ['features/hidden'] },
      { with: "model 'features'", layers: ['features/hidden'] },
    ]);
    await features.dispose();
    expect(outer.summaryData().shared.map((each) => each.with)).toEqual(["model 'base'"]);
    await outer.dispose();
    expect(base.summaryData().shared).toEqual([]);
  });
});
