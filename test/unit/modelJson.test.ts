/** toJSON() and modelFromJSON(). */
import {
  alexnet,
  alexnet8,
  input,
  layers,
  model,
  modelFromJSON,
  sequential,
} from '../../lib/index.js';
import type { LayersModel, ModelTopology } from '../../lib/index.js';
import { coded } from './modelErrors.js';

function branched(): LayersModel {
  const image = input({ shape: [8, 8, 3], name: 'image' });
  const other = input({ shape: [8, 8, 3], name: 'other' });
  const shared = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'shared' });
  const once = shared.apply(image);
  const twice = shared.apply(once);
  const sum = layers.add().apply([once, twice, shared.apply(other)]);
  const flat = layers.flatten().apply(sum);
  const outputs = [layers.dense({ units: 2, name: 'end' }).apply(flat), twice];
  return model({ name: 'branched', seed: 3, inputs: [other, image], outputs });
}

describe('modelFromJSON()', () => {
  it.each<[string, () => LayersModel]>([
    ['a functional model', branched],
    ['alexnet', () => alexnet({ inputShape: [67, 67, 3], classes: 7, seed: 11 })],
    ['alexnet8', () => alexnet8()],
    [
      'a sequential model without inputLayer',
      () => sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] }),
    ],
  ])('makes %s again', (_, build) => {
    const original = build();
    const text = JSON.stringify(original);
    for (const copy of [modelFromJSON(text), modelFromJSON(JSON.parse(text) as ModelTopology)]) {
      expect(JSON.stringify(copy)).toBe(text);
      expect(copy.summaryData()).toEqual(original.summaryData());
      expect(copy.weights).toEqual(original.weights);
      expect(copy.inputSlots).toEqual(original.inputSlots);
      expect(copy.outputSlots).toEqual(original.outputSlots);
      expect([copy.name, copy.seed]).toEqual([original.name, original.seed]);
    }
  });

  it('counts the uses of a layer within the model alone', () => {
    const x = input({ shape: [2], name: 'x' });
    const shared = layers.dense({ units: 2, name: 'shared' });
    // A use elsewhere, before the model's own.
    shared.apply(input({ shape: [2] }));
    const original = model({ inputs: x, outputs: shared.apply(x) });
    expect(original.toJSON().config).toMatchObject({ outputLayers: [['shared', 0]] });
    expect(JSON.stringify(modelFromJSON(original.toJSON()))).toBe(JSON.stringify(original));
  });

  it('takes a backend', () => {
    const copy = modelFromJSON(branched().toJSON(), { backend: 'reference' });
    expect(copy.backend).toBe('reference');
  });

  const functional = (...entries: object[]) => ({
    className: 'Model',
    config: {
      name: 'm',
      seed: 0,
      layers: [
        {
          className: 'InputLayer',
          name: 'x',
          config: { name: 'x', inputShape: [2] },
          inboundNodes: [],
        },
        ...entries,
      ],
      inputLayers: [['x', 0]],
      outputLayers: [['a', 0]],
    },
  });
  const relu = (name: string, ...from: string[]) => ({
    className: 'ReLU',
    name,
    config: { name },
    inboundNodes: [from.map((source) => [source, 0])],
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /it is no JSON/],
    ['something else', '[]', /expected {className, config/],
    ['null', 'null', /expected {className, config/],
    ['another class', { className: 'Graph', config: { layers: [{}] } }, /className is 'Graph'/],
    [
      'layers that are none',
      { className: 'Sequential', config: { layers: 3 } },
      /layers is 3; expected/,
    ],
    ['no layers', { className: 'Sequential', config: { layers: [] } }, /it has no layers/],
    [
      'an unknown layer',
      {
        className: 'Sequential',
        config: { name: 's', seed: 0, layers: [{ className: 'Conv3D', config: {} }] },
      },
      /no layer class 'Conv3D' is known; did you mean 'Conv2D'/,
    ],
    ['a cycle', functional(relu('a', 'b'), relu('b', 'a')), /'a', 'b' wait for one another/],
    [
      'an unknown source',
      functional(relu('a', 'y')),
      /'a' wait for one another, or for a layer that is not there/,
    ],
    ['a missing output', functional(relu('b', 'x')), /no output 0 of a layer 'a'/],
  ])('refuses %s', (_, json, message) => {
    const build = () => modelFromJSON(json as string);
    expect(build).toThrow(coded('ERR_FORMAT'));
    expect(build).toThrow(message);
  });
});
