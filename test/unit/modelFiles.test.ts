/** Model files that were made to harm: each is refused by name, soon, and with a code. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSafetensors, writeSafetensors } from '../../lib/formats/safetensors.js';
import { layers, loadLayersModel, modelFromJSON, sequential, train } from '../../lib/index.js';
import type { ModelTopology } from '../../lib/index.js';
import { coded } from './modelErrors.js';

const folder = mkdtempSync(join(tmpdir(), 'model-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Json = Record<string, unknown>;

const whole = join(folder, 'whole.safetensors');
beforeAll(async () => {
  const model = sequential({
    backend: 'cpu',
    layers: [layers.dense({ units: 2, inputShape: [3], name: 'd' })],
  });
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  await model.save(whole);
  await model.dispose();
});

/** The path of a copy whose record was changed. */
async function crafted(change: (record: Json) => unknown): Promise<string> {
  const { tensors, metadata } = await readSafetensors(whole);
  const key = 'node-cudnn.model';
  const record = JSON.parse(metadata[key] ?? '') as Json;
  const text = JSON.stringify(change(record) ?? record);
  const path = join(folder, 'crafted.safetensors');
  await writeSafetensors(path, tensors, { ...metadata, [key]: text });
  return path;
}

const dense = (record: Json): Json =>
  (record as { topology: { config: { layers: { config: Json }[] } } }).topology.config.layers[0]
    ?.config ?? {};

describe('a model file', () => {
  it.each<[string, (record: Json) => unknown, RegExp]>([
    ['no record', () => [], /has no topology/],
    ['no topology', (r) => ({ ...r, topology: null }), /has no topology/],
    ['training of null', (r) => ({ ...r, training: null }), /training is no record/],
    ['an optimizer of null', (r) => void ((r.training as Json).optimizer = null), /training.optim/],
    [
      'no optimizer',
      (r) => ({ ...r, training: { ...(r.training as Json), optimizer: undefined } }),
      /training.optimizer is und/,
    ],
    [
      'an optimizer without options',
      (r) => void ((r.training as Json).optimizer = { className: 'Adam' }),
      /optimizer.config is undefined/,
    ],
    [
      'another optimizer',
      (r) => void ((r.training as Json).optimizer = { className: 'SGD', config: {} }),
      /cannot be made/,
    ],
    ['no loss', (r) => void ((r.training as Json).loss = {}), /no output has a loss/],
    ['metrics of 5', (r) => void ((r.training as Json).metrics = { d: 5 }), /cannot be made/],
    ['a negative step', (r) => void ((r.optimizer as Json).step = -1), /step is no count/],
    ['names of 5', (r) => void ((r.optimizer as Json).names = [5]), /no list of names/],
    [
      'a list with a length',
      (r) => void ((r.optimizer as Json).names = { length: 1e9 }),
      /no list/,
    ],
    ['units of text', (r) => void (dense(r).units = 'many'), /units is 'many'/],
    ['an unknown option', (r) => void (dense(r).unit = 5), /unknown option 'unit'/],
    ['a layer of another shape', (r) => void (dense(r).inputShape = [4]), /'d\/kernel' is \[4,2\]/],
    ['a shape with a length', (r) => void (dense(r).inputShape = { length: 1e9 }), /inputShape is/],
    ['a name of megabytes', (r) => void (dense(r).name = '/'.repeat(5e6)), /name is/],
    ['an initializer of 5', (r) => void (dense(r).kernelInitializer = 5), /kernelInitializer/],
  ])('with %s is refused', async (_what, change, message) => {
    const path = await crafted(change);
    const load = loadLayersModel(path, { backend: 'cpu' });
    await expect(load).rejects.toMatchObject({ code: 'ERR_FORMAT', place: path });
    await expect(load).rejects.toThrow(message);
  });

  it('is whole when compile() comes while it is saved', async () => {
    const path = join(folder, 'recompiled.safetensors');
    for (let turns = 0; turns < 8; ++turns) {
      const model = await loadLayersModel(whole, { backend: 'cpu' });
      const saving = model.save(path);
      for (let i = 0; i < turns; ++i) await Promise.resolve();
      model.compile({ optimizer: train.sgd({ learningRate: 0.1, momentum: 0.9 }), loss: 'mae' });
      await Promise.all([saving, model.program()]);
      await model.dispose();
      await (await loadLayersModel(path, { backend: 'cpu' })).dispose();
    }
  });

  it('keeps the error of a layer as the cause', async () => {
    const path = await crafted((record) => void (dense(record).units = -1));
    await expect(loadLayersModel(path)).rejects.toMatchObject({ cause: { code: 'ERR_OPTION' } });
  });

  it('is not blamed for the options of the caller', async () => {
    for (const backend of ['gpu', 5, 'cuda:x']) {
      const load = loadLayersModel(whole, { backend: backend as string });
      await expect(load).rejects.not.toMatchObject({ code: 'ERR_FORMAT' });
    }
  });
});

const inputLayer = {
  className: 'InputLayer',
  name: 'x',
  config: { name: 'x', inputShape: [2] },
  inboundNodes: [] as unknown,
};
const relu = (name: string, ...from: unknown[]) => ({
  className: 'ReLU',
  name,
  config: { name } as Json,
  inboundNodes: [from] as unknown,
});
const functional = (list: readonly unknown[], last = 'a', inputLayers: unknown = [['x', 0]]) =>
  ({
    className: 'Model',
    config: { name: 'm', seed: 0, layers: list, inputLayers, outputLayers: [[last, 0]] },
  }) as unknown as ModelTopology;

describe('a topology', () => {
  const a = relu('a', ['x', 0]);
  it.each<[string, ModelTopology, RegExp]>([
    [
      'uses with a length',
      functional([inputLayer, { ...a, inboundNodes: { length: 1e9 } }]),
      /layer 1.inboundNodes is {/,
    ],
    [
      'references with a length',
      functional([inputLayer, { ...a, inboundNodes: [{ length: 1e9 }] }]),
      /inboundNodes is/,
    ],
    [
      'an input that is no list',
      functional([inputLayer, a], 'a', { length: 1e9 }),
      /inputLayers is/,
    ],
    ['a reference of one', functional([inputLayer, relu('a', ['x'])]), /expected \[layer, use\]/],
    ['two layers of one name', functional([inputLayer, a, a]), /two layers are called 'a'/],
    [
      'two names of one layer',
      functional([inputLayer, { ...a, config: { name: 'b' } }]),
      /the layer's name 'a'/,
    ],
    [
      'an input with inputs',
      functional([{ ...inputLayer, inboundNodes: [[]] }, a]),
      /expected none/,
    ],
    [
      'a layer without inputs',
      functional([inputLayer, { ...a, inboundNodes: [] }]),
      /at least one/,
    ],
    ['a use without inputs', functional([inputLayer, relu('a')]), /expected 1 input, got 0/],
    ['a layer that feeds itself', functional([inputLayer, relu('a', ['a', 0])]), /'a' wait for/],
    ['an unknown use', functional([inputLayer, relu('a', ['x', 1])]), /'a' wait for/],
    [
      'a fractional use',
      functional([inputLayer, relu('a', ['x', 0.5])]),
      /expected \[layer, use\]/,
    ],
    ['no configuration', functional([inputLayer, { ...a, config: null }]), /config is null/],
    ['a layer of null', functional([null]), /layer 0 is null/],
    ['a name of the prototype', functional([inputLayer, relu('a', ['__proto__', 0])]), /'a' wait/],
    [
      'an option of the prototype',
      functional([inputLayer, { ...a, config: JSON.parse('{"__proto__":{"x":1}}') as Json }]),
      /unknown option '__proto__'/,
    ],
    [
      'a trainable of text',
      {
        className: 'Sequential',
        config: {
          name: 's',
          seed: 0,
          trainable: 'no' as unknown as boolean,
          layers: [{ className: 'Flatten', config: { inputShape: [2] } }],
        },
      },
      /trainable is 'no'/,
    ],
    [
      'a seed of text',
      {
        className: 'Sequential',
        config: {
          name: 's',
          seed: 'x' as unknown as number,
          layers: [{ className: 'Flatten', config: { inputShape: [2] } }],
        },
      },
      /seed is 'x'/,
    ],
  ])('with %s is refused', (_what, topology, message) => {
    const build = () => modelFromJSON(topology, { backend: 'cpu' });
    expect(build).toThrow(coded('ERR_FORMAT'));
    expect(build).toThrow(message);
    expect(() => modelFromJSON(JSON.stringify(topology), { backend: 'cpu' })).toThrow(message);
  });

  const chain = (count: number) =>
    Array.from({ length: count }, (_, i) => relu(`r${i}`, i === 0 ? ['x', 0] : [`r${i - 1}`, 0]));

  it('may name its layers in any order, ten thousand of them', () => {
    const count = 1e4;
    const topology = functional([...chain(count).reverse(), inputLayer], `r${count - 1}`);
    const model = modelFromJSON(topology, { backend: 'cpu' });
    expect(model.layers).toHaveLength(count + 1);
    expect(model.layers[1]?.name).toBe('r0');
    expect(model.toJSON().config.layers).toHaveLength(count + 1);
  });

  it('may use a layer as often', () => {
    const uses = Array.from({ length: 1e4 }, (_, i) => [i === 0 ? ['x', 0] : ['a', i - 1]]);
    const topology = functional([{ ...relu('a'), inboundNodes: uses }, inputLayer]);
    expect(modelFromJSON(topology, { backend: 'cpu' }).toJSON()).toMatchObject({
      config: { layers: [{ name: 'x' }, { name: 'a', inboundNodes: [[['x', 0]]] }] },
    });
  });

  it('has no more layers, in whatever order', () => {
    const count = 1e5;
    const uses = new Array<unknown>(count).fill([['x', 0]]);
    const sequence = new Array<unknown>(count).fill({ className: 'ReLU', config: {} });
    const input = { className: 'ReLU', config: { inputShape: [2] } };
    const config = { layers: [input, ...sequence.slice(0, 15_000)] };
    for (const topology of [
      functional([...chain(count).reverse(), inputLayer], `r${count - 1}`),
      functional([inputLayer, { ...relu('a'), inboundNodes: uses }]),
      { className: 'Sequential', config: { layers: sequence } },
      { className: 'Sequential', config },
    ]) {
      const build = () => modelFromJSON(topology as ModelTopology, { backend: 'cpu' });
      expect(build).toThrow(coded('ERR_FORMAT'));
      expect(build).toThrow(/more than 10000/);
    }
  });
});
