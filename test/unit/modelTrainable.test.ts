/** Freezing layers and whole models, which counts from the next compile() on. */
import { layers, modelFromJSON, sequential, setLogger, tensor, train } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';
import { coded } from './modelErrors.js';

const x = tensor([1, 2, 3, 4], [2, 2]);
const y = tensor([1, 0], [2, 1]);
const quiet = { epochs: 1, verbose: 0 as const };

function network(name: string): LayersModel {
  return sequential({
    name,
    layers: [
      layers.dense({ units: 3, inputShape: [2], name: 'first' }),
      layers.batchNormalization({ name: 'norm' }),
      layers.dense({ units: 1, name: 'second' }),
    ],
  });
}

function compile(net: LayersModel): void {
  net.compile({ optimizer: train.adam(0.1), loss: 'mse' });
}

async function values(net: LayersModel): Promise<number[][]> {
  return (await net.getWeights()).map((weight) => Array.from(weight.dataSync()));
}

/** The names of the weights that one epoch changes. */
async function changedByFit(net: LayersModel): Promise<string[]> {
  const before = await values(net);
  await net.fit(x, y, quiet);
  const after = await values(net);
  return net.weights
    .map(({ name }) => name)
    .filter((_, i) => JSON.stringify(before[i]) !== JSON.stringify(after[i]));
}

const all = [
  'first/kernel',
  'first/bias',
  'norm/gamma',
  'norm/beta',
  'norm/movingMean',
  'norm/movingVariance',
  'second/kernel',
  'second/bias',
];

describe('trainable', () => {
  const said: string[] = [];

  beforeEach(() => {
    said.length = 0;
    setLogger((line) => said.push(line));
  });

  afterAll(() => {
    setLogger();
  });

  it('of a model freezes all of it, and frees it again', async () => {
    const net = network('frozen');
    expect(net.trainable).toBe(true);
    net.trainable = false;
    expect(net.trainable).toBe(false);
    expect(net.layers.map(({ trainable }) => trainable)).toEqual([false, false, false]);
    expect(net.summaryData().trainableParams).toBe(0);
    compile(net);
    expect(await changedByFit(net)).toEqual([]);
    net.trainable = true;
    compile(net);
    // The gradient of a bias before batch normalization is 0 but for rounding.
    expect(await changedByFit(net)).toEqual(
      expect.arrayContaining(all.filter((n) => n !== 'first/bias')),
    );
    expect(said).toEqual([]);
    await net.dispose();
  });

  it('of a model wins over that of its layers, in files too', async () => {
    const net = network('partly');
    net.trainable = false;
    net.getLayer('second').trainable = true;
    expect(net.weights.filter(({ trainable }) => trainable)).toEqual([]);
    expect(net.summaryData().trainableParams).toBe(0);
    compile(net);
    expect(await changedByFit(net)).toEqual([]);
    const copy = modelFromJSON(net.toJSON());
    expect([copy.trainable, copy.getLayer('second').trainable]).toEqual([false, true]);
    expect(copy.weights.filter(({ trainable }) => trainable)).toEqual([]);
    expect(copy.toJSON()).toEqual(net.toJSON());
    await net.dispose();
    await copy.dispose();
  });

  it('of a layer freezes that layer', async () => {
    const net = network('layer');
    net.getLayer('first').trainable = false;
    net.getLayer('norm').trainable = false;
    compile(net);
    expect(await changedByFit(net)).toEqual(['second/kernel', 'second/bias']);
    await net.dispose();
  });

  it('counts from the next compile() on, and training says so', async () => {
    const net = network('late');
    compile(net);
    net.trainable = false;
    expect(await changedByFit(net)).toContain('second/kernel');
    expect(said).toEqual([
      "node-cudnn: model 'late': trainable was changed since compile() for 'first', 'norm', " +
        "'second', and takes effect at the next compile(); call it before training",
    ]);
    compile(net);
    expect(await changedByFit(net)).toEqual([]);
    net.getLayer('norm').trainable = true;
    net.trainable = true;
    net.getLayer('first').trainable = false;
    await net.trainOnBatch(x, y);
    expect(said[1]).toMatch(/for 'norm', 'second', and takes effect/);
    net.trainable = false;
    await net.fitDataset([{ xs: x, ys: y }], quiet);
    expect(said).toHaveLength(2);
    await net.dispose();
  });

  it('is true or false', () => {
    const net = network('wrong');
    const set = (value: unknown) => () => {
      net.trainable = value as boolean;
    };
    expect(set('no')).toThrow(coded('ERR_OPTION'));
    expect(set(0)).toThrow(/model 'wrong': trainable is 0/);
    const layer = net.getLayer('first');
    expect(() => {
      layer.trainable = null as never;
    }).toThrow(/dense 'first': trainable is null/);
    expect([net.trainable, layer.trainable]).toEqual([true, true]);
  });
});
