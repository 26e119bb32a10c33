import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { callbacks, layers, loadLayersModel, sequential, train } from '../../lib/index.js';
import type { Optimizer } from '../../lib/index.js';
import { smallNetwork, stripes, weightBits } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'resume-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { x, y } = stripes(70);
const quiet = { verbose: 0, batchSize: 16 } as const;

const optimizers: [string, () => Optimizer][] = [
  ['sgd', () => train.sgd(0.05)],
  ['momentum', () => train.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
  ['adam', () => train.adam({ learningRate: 0.01 })],
  ['adamw', () => train.adamw({ learningRate: 0.01 })],
];

describe('a layer that was frozen or freed since compile()', () => {
  // As a judge is, which is compiled, then frozen within the model of a generator.
  it.each([true, false])('trains on from a file as it was compiled, trainable %s', async (was) => {
    const path = join(folder, `frozen-${String(was)}`);
    const net = smallNetwork();
    const names = ['conv2d', 'batch_normalization'];
    const set = (model: typeof net, value: boolean): void => {
      for (const name of names) model.getLayer(name).trainable = value;
    };
    set(net, was);
    net.compile({ optimizer: train.adam(0.01), loss: 'sparseCategoricalCrossentropy' });
    await net.trainOnBatch(x, y);
    set(net, !was);
    expect(net.trainedLayers).toEqual([...(was ? names : []), 'dense']);
    await net.save(path);
    const loaded = await loadLayersModel(path);
    expect(names.map((name) => loaded.getLayer(name).trainable)).toEqual([!was, !was]);
    expect(loaded.trainedLayers).toEqual(net.trainedLayers);
    for (const each of [net, loaded]) await each.trainOnBatch(x, y);
    expect(await weightBits(loaded)).toEqual(await weightBits(net));
    await Promise.all([net, loaded].map((model) => model.dispose()));
  });
});

describe('a model that is frozen while a layer of it is not', () => {
  // The statistics of a layer that is not frozen itself go on, as in Keras.
  it('trains on from a file as it did, also within another', async () => {
    const path = join(folder, 'frozen-model');
    const base = sequential({
      name: 'base',
      layers: [
        layers.flatten({ inputShape: [6, 6, 1] }),
        layers.batchNormalization({ name: 'norm' }),
      ],
    });
    base.trainable = false;
    base.getLayer('norm').trainable = true;
    const net = sequential({ layers: [base, layers.dense({ units: 3, activation: 'softmax' })] });
    net.compile({ optimizer: train.sgd(0.01), loss: 'sparseCategoricalCrossentropy' });
    await net.trainOnBatch(x, y);
    await net.save(path);
    const loaded = await loadLayersModel(path);
    expect(loaded.trainableWeights).toHaveLength(2);
    expect(loaded.toJSON()).toEqual(net.toJSON());
    const before = await weightBits(net);
    for (const each of [net, loaded]) await each.trainOnBatch(x, y);
    expect(await weightBits(loaded)).toEqual(await weightBits(net));
    const changed = (await weightBits(net)).map((bits, i) => String(bits) !== String(before[i]));
    expect(changed).toEqual([false, false, true, true, true, true]);
    // Frozen since: what the file says of its compile() counts, and of now what it says of now.
    net.trainable = false;
    await net.save(path);
    const frozen = await loadLayersModel(path);
    expect([frozen.trainable, frozen.getLayer('base').trainable]).toEqual([false, false]);
    expect(frozen.trainedLayers).toEqual(['dense']);
    await Promise.all([net, base, loaded, frozen].map((model) => model.dispose()));
  });
});

describe('two epochs and two more, with a file between', () => {
  it.each(optimizers)('are four, bit for bit, with %s', async (name, optimizer) => {
    const path = join(folder, `${name}.safetensors`);
    const whole = smallNetwork(optimizer());
    const { history } = await whole.fit(x, y, { ...quiet, epochs: 4 });

    const first = smallNetwork(optimizer());
    await first.fit(x, y, { ...quiet, epochs: 2 });
    await first.save(path);
    await first.dispose();
    const second = await loadLayersModel(path);
    const more = await second.fit(x, y, { ...quiet, epochs: 4, initialEpoch: 2 });

    expect(await weightBits(second)).toEqual(await weightBits(whole));
    expect(more.epoch).toEqual([2, 3]);
    expect(more.history.loss).toEqual(history.loss?.slice(2));

    // Without the optimizer's state the run is another one: dropout begins anew.
    const path2 = join(folder, `${name}-bare`);
    const third = smallNetwork(optimizer());
    await third.fit(x, y, { ...quiet, epochs: 2 });
    await third.save(path2, { includeOptimizer: false });
    const fourth = await loadLayersModel(path2);
    await fourth.fit(x, y, { ...quiet, epochs: 4, initialEpoch: 2 });
    expect(await weightBits(fourth)).not.toEqual(await weightBits(whole));
    await Promise.all([whole, second, third, fourth].map((model) => model.dispose()));
  });

  it('come from a checkpoint too', async () => {
    const whole = smallNetwork();
    const filepath = join(folder, 'checkpoints', 'epoch-{epoch}.safetensors');
    const checkpoint = callbacks.modelCheckpoint({ filepath });
    await whole.fit(x, y, { ...quiet, epochs: 3, callbacks: checkpoint });
    const resumed = await loadLayersModel(checkpoint.saved[1] ?? '');
    await resumed.fit(x, y, { ...quiet, epochs: 3, initialEpoch: 2 });
    expect(await weightBits(resumed)).toEqual(await weightBits(whole));
    await Promise.all([whole.dispose(), resumed.dispose()]);
  });
});

describe('a model from a file', () => {
  it('predicts and evaluates as the one that was saved, with its learning rate', async () => {
    const path = join(folder, 'same');
    const model = smallNetwork();
    await model.fit(x, y, quiet);
    model.optimizer.learningRate = 0.003;
    await model.save(path);
    const loaded = await loadLayersModel(path);
    expect(await loaded.predict(x)).toEqual(await model.predict(x));
    expect(await loaded.evaluate(x, y)).toEqual(await model.evaluate(x, y));
    expect(loaded.optimizer.learningRate).toBe(0.003);
    expect(loaded.seed).toBe(model.seed);
    await Promise.all([model.dispose(), loaded.dispose()]);
  });

  it('need not have been compiled', async () => {
    const path = join(folder, 'uncompiled');
    const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [36] })] });
    await model.save(path);
    const loaded = await loadLayersModel(path);
    expect(loaded.isCompiled).toBe(false);
    expect(await loaded.predict(x)).toEqual(await model.predict(x));
    await Promise.all([model.dispose(), loaded.dispose()]);
  });
});

describe('files that do not fit', () => {
  const dense = (units: number) =>
    sequential({ layers: [layers.dense({ name: 'fc', units, inputShape: [4] })] });

  it('of another architecture are refused, with the weights as they were', async () => {
    const path = join(folder, 'other');
    await using other = dense(3);
    await other.saveWeights(path);
    await using model = dense(2);
    const before = await weightBits(model);
    const load = model.loadWeights(path);
    await expect(load).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(load).rejects.toThrow("'fc/kernel' is [4,2] in the model, [4,3] in the file");
    expect(await weightBits(model)).toEqual(before);
    await expect(loadLayersModel(path)).rejects.toThrow('holds no model, only tensors');
  });

  it('may be loaded in part', async () => {
    const path = join(folder, 'part');
    await using saved = sequential({
      layers: [
        layers.dense({ name: 'same', units: 4, inputShape: [4] }),
        layers.dense({ name: 'fc', units: 9 }),
      ],
    });
    await saved.saveWeights(path);
    await using model = sequential({
      seed: 1,
      layers: [
        layers.dense({ name: 'same', units: 4, inputShape: [4] }),
        layers.dense({ name: 'fc', units: 2 }),
      ],
    });
    const before = await weightBits(model);
    await model.loadWeights(path, { skipMismatch: true });
    const after = await weightBits(model);
    expect(after.slice(0, 2)).toEqual((await weightBits(saved)).slice(0, 2));
    expect(after.slice(0, 2)).not.toEqual(before.slice(0, 2));
    expect(after.slice(2)).toEqual(before.slice(2));
  });

  it('with a flipped bit or cut short are refused', async () => {
    const path = join(folder, 'damaged');
    const model = smallNetwork();
    await model.save(path);
    const before = await weightBits(model);
    const bytes = readFileSync(path);
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 16;
    writeFileSync(path, bytes);
    await expect(model.loadWeights(path)).rejects.toThrow('checksum');
    await expect(loadLayersModel(path)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    await expect(model.loadWeights(path)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(model.loadWeights(join(folder, 'absent'))).rejects.toMatchObject({
      code: 'ERR_IO',
    });
    expect(await weightBits(model)).toEqual(before);
    await model.dispose();
  });
});
