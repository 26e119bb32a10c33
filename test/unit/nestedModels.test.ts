/** Models that are layers of other models: structure, names, values and files. */
import {
  input,
  layers,
  LayersModel,
  model,
  modelFromJSON,
  ones,
  sequential,
  tensor,
  train,
  type SymbolicTensor,
  type Tensor,
} from '../../lib/index.js';
import { coded } from './modelErrors.js';

const dense = (units: number, name?: string) =>
  layers.dense(name === undefined ? { units } : { units, name });

function weightNames(network: LayersModel): string[] {
  return network.weights.map(({ name }) => name);
}

function base(name = 'base'): LayersModel {
  const x = input({ shape: [3], name: 'x' });
  const hidden = layers.dense({ units: 4, activation: 'relu', name: 'hidden' }).apply(x);
  return model({ name, inputs: x, outputs: layers.dense({ units: 2, name: 'end' }).apply(hidden) });
}

async function floats(values: Tensor | Tensor[]): Promise<number[]> {
  const list = Array.isArray(values) ? values : [values];
  return (await Promise.all(list.map((each) => each.data()))).flatMap((data) => [...data]);
}

/** One network, with its layers in models within one another, or side by side. */
function network(nested: boolean): LayersModel {
  const image = input({ shape: [6, 6, 2], name: 'image' });
  const conv = layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', name: 'conv' });
  const norm = layers.batchNormalization({ name: 'norm', momentum: 0.5 });
  const flat = layers.flatten({ name: 'flat' });
  const drop = layers.dropout({ name: 'drop', rate: 0.25 });
  const end = layers.dense({ units: 3, activation: 'softmax', name: 'end' });
  if (!nested) {
    const list = [conv, norm, flat, drop, end];
    let output: SymbolicTensor = image;
    for (const layer of list) output = layer.apply(output);
    return model({ inputs: image, outputs: output, seed: 4 });
  }
  const x = input({ shape: [6, 6, 2] });
  const inner = model({ name: 'inner', inputs: x, outputs: norm.apply(conv.apply(x)) });
  const middle = sequential({ name: 'middle', layers: [inner, flat, drop] });
  return model({ inputs: image, outputs: end.apply(middle.apply(image)), seed: 4 });
}

const x = tensor(
  Float32Array.from({ length: 5 * 72 }, (_, i) => Math.sin(i * 12.9898)),
  [5, 6, 6, 2],
);
const y = tensor(Int32Array.from([0, 1, 2, 1, 0]), [5], 'int32');

describe.each(['cpu', 'reference'])('a model within a model, on %s', (backend) => {
  it('trains as the same layers do without it', async () => {
    const results: number[][] = [];
    for (const nested of [true, false]) {
      const built = modelFromJSON(network(nested).toJSON(), { backend });
      built.compile({
        optimizer: train.adam(0.01),
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['accuracy'],
      });
      const history = await built.fit(x, y, { epochs: 3, batchSize: 2, verbose: 0 });
      const after = await floats(await built.predict(x));
      results.push([...(history.history.loss ?? []), ...after]);
      await built.dispose();
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]?.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('shares its weights with every use', async () => {
    const inner = sequential({
      name: 'twice',
      layers: [layers.dense({ units: 2, inputShape: [2] })],
    });
    const start = input({ shape: [2], name: 'start' });
    const outer = model({ inputs: start, outputs: inner.apply(inner.apply(start)), backend });
    expect(outer.countParams()).toBe(6);
    await outer.setWeights([tensor([1, 2, 3, 4], [2, 2]), tensor([10, 20], [2])]);
    // x W + b, twice, by hand.
    expect(await floats(await outer.predict(tensor([1, 1], [1, 2])))).toEqual([102, 152]);
    await outer.dispose();
  });

  it('gives several outputs', async () => {
    const start = input({ shape: [2] });
    const [left, right] = [
      layers.dense({ units: 1, name: 'l', kernelInitializer: 'ones' }),
      layers.dense({ units: 2, name: 'r', kernelInitializer: 'ones' }),
    ];
    const fork = model({
      name: 'fork',
      inputs: start,
      outputs: [left.apply(start), right.apply(start)],
    });
    const from = input({ shape: [2], name: 'from' });
    const [one, two] = fork.apply(from);
    const outer = model({ inputs: from, outputs: [two, one] as SymbolicTensor[], backend });
    expect(outer.outputNames).toEqual(['fork', 'fork_1']);
    expect(outer.outputs.map(({ shape }) => shape)).toEqual([
      [null, 2],
      [null, 1],
    ]);
    const again = modelFromJSON(outer.toJSON(), { backend });
    for (const each of [outer, again]) {
      expect(await floats(await each.predict(tensor([1, 2], [1, 2])))).toEqual([3, 3, 3]);
      await each.dispose();
    }
  });
});

describe('the names within a model within a model', () => {
  it('are paths', () => {
    const outer = sequential({ layers: [base(), dense(1, 'last')] });
    expect(weightNames(outer)).toEqual([
      'base/hidden/kernel',
      'base/hidden/bias',
      'base/end/kernel',
      'base/end/bias',
      'last/kernel',
      'last/bias',
    ]);
    expect(outer.layers.map(({ name }) => name)).toEqual(['base', 'last']);
    expect(outer.getLayer('base')).toBe(outer.layers[0]);
    expect(() => outer.getLayer('hidden')).toThrow(/no layer 'hidden'/);
  });

  it('of models without a name are numbered', () => {
    const part = () => sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    const outer = sequential({ name: 'outer', layers: [part(), part()] });
    expect(weightNames(outer)).toEqual([
      'sequential/dense/kernel',
      'sequential/dense/bias',
      'sequential_1/dense/kernel',
      'sequential_1/dense/bias',
    ]);
  });

  it('differ where two models with equal names are joined layer by layer', () => {
    const stack = () => sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    const [left, right] = [stack(), stack()];
    const sum = layers.add().apply([...left.outputs, ...right.outputs]);
    const joined = model({ inputs: [...left.inputs, ...right.inputs], outputs: sum });
    expect(weightNames(joined)).toEqual([
      'dense/kernel',
      'dense/bias',
      'dense_1/kernel',
      'dense_1/bias',
    ]);
    // Each keeps the names of its own file.
    expect([weightNames(left), weightNames(right)]).toEqual([
      ['dense/kernel', 'dense/bias'],
      ['dense/kernel', 'dense/bias'],
    ]);
    const copy = modelFromJSON(joined.toJSON());
    expect(weightNames(copy)).toEqual(weightNames(joined));
    expect(joined.inputSlots.map(({ name }) => name)).toEqual(['input_layer', 'input_layer_1']);
    expect(joined.getLayer('dense_1')).toBe(right.getLayer('dense'));
  });

  it('that were given twice are an error', () => {
    expect(() =>
      sequential({ layers: [base('a'), sequential({ name: 'b/c', layers: [dense(1)] })] }),
    ).toThrow(/needs inputShape/);
    const slashed = sequential({
      name: 'b/c',
      layers: [layers.dense({ units: 1, inputShape: [2] })],
    });
    expect(() => sequential({ layers: [base('a'), slashed] })).toThrow(/cannot be a layer's name/);
    expect(() => sequential({ layers: [base('a'), base('a')] })).toThrow(
      /two layers are called 'a'/,
    );
  });
});

describe('what is said of a model within a model', () => {
  it('is a row of the summary', () => {
    const inner = base();
    const start = input({ shape: [3], name: 'start' });
    const once = inner.apply(start) as SymbolicTensor;
    const outer = model({ name: 'outer', inputs: start, outputs: dense(1, 'last').apply(once) });
    const { rows, totalParams } = outer.summaryData();
    expect(
      rows.map(({ name, type, params, outputShape, connectedTo }) => ({
        name,
        type,
        params,
        outputShape,
        connectedTo,
      })),
    ).toEqual([
      { name: 'start', type: 'InputLayer', params: 0, outputShape: [null, 3], connectedTo: [] },
      { name: 'base', type: 'Model', params: 26, outputShape: [null, 2], connectedTo: ['start'] },
      { name: 'last', type: 'Dense', params: 3, outputShape: [null, 1], connectedTo: ['base'] },
    ]);
    expect(totalParams).toBe(29);
  });

  it('counts weights once that two rows share', () => {
    const shared = layers.dense({ units: 2, inputShape: [2], name: 'shared' });
    const inner = sequential({ name: 'inner', layers: [shared] });
    const outer = sequential({ layers: [inner, shared] });
    expect(outer.summaryData().totalParams).toBe(6);
    expect(weightNames(outer)).toEqual(['inner/shared/kernel', 'inner/shared/bias']);
  });

  it('freezes with the model around it, and alone', () => {
    const inner = base();
    const outer = sequential({ layers: [inner, dense(1, 'last')] });
    inner.trainable = false;
    expect(outer.trainableWeights.map(({ name }) => name)).toEqual(['last/kernel', 'last/bias']);
    expect(outer.nonTrainableWeights).toHaveLength(4);
    inner.getLayer('end').trainable = true;
    expect(outer.trainableWeights).toHaveLength(2);
    inner.trainable = true;
    expect(outer.trainableWeights).toHaveLength(6);
    outer.trainable = false;
    expect([inner.trainable, inner.getLayer('end').trainable]).toEqual([false, false]);
    expect(modelFromJSON(outer.toJSON()).trainableWeights).toEqual([]);
  });
});

describe('the file of a model', () => {
  it('has models within it, to any depth', () => {
    let outer: LayersModel = base('level0');
    for (let level = 1; level < 60; ++level) {
      outer = sequential({ name: `level${level}`, layers: [outer] });
    }
    const text = JSON.stringify(outer);
    const copy = modelFromJSON(text);
    expect(JSON.stringify(copy)).toBe(text);
    expect(weightNames(copy)).toEqual(weightNames(outer));
    expect(weightNames(copy)[0]?.split('/')).toHaveLength(61);
  });

  it('calls a layer as it is called in each model', () => {
    const [one, two] = [dense(2), dense(2)];
    sequential({ layers: [layers.reLU({ inputShape: [2] }), one] });
    const inner = sequential({ name: 'inner', layers: [layers.reLU({ inputShape: [2] }), two] });
    const outer = sequential({ layers: [layers.reLU({ inputShape: [2] }), one, inner, two] });
    const names = outer.layers.map(({ name }) => name);
    const again = modelFromJSON(JSON.stringify(outer.toJSON()));
    expect(again.toJSON()).toEqual(outer.toJSON());
    expect(weightNames(again)).toEqual(weightNames(outer));
    expect(again.layers).toHaveLength(names.length);
  });

  it('holds a layer once that stands in several places', () => {
    const shared = layers.dense({ units: 3, inputShape: [3], name: 'shared' });
    const inner = sequential({ name: 'inner', layers: [shared, layers.reLU()] });
    const twin = sequential({ name: 'twin', layers: [shared] });
    const start = input({ shape: [3], name: 'start' });
    const ends = [inner.apply(start), twin.apply(start), shared.apply(start)] as SymbolicTensor[];
    const outer = model({ inputs: start, outputs: layers.add().apply(ends) });
    const text = JSON.stringify(outer);
    expect(text.split('"GlorotUniform"')).toHaveLength(2);
    const copy = modelFromJSON(text);
    expect(JSON.stringify(copy)).toBe(text);
    expect(copy.countParams()).toBe(12);
    const part = copy.getLayer('inner');
    expect(part instanceof LayersModel && part.getLayer('shared')).toBe(copy.getLayer('shared'));
  });

  it('holds an extractor and its model with one set of layers', () => {
    const whole = base('whole');
    const features = model({
      name: 'features',
      inputs: whole.inputs,
      outputs: whole.getLayer('hidden').output,
    });
    const start = input({ shape: [3], name: 'start' });
    const both = [whole.apply(start), features.apply(start)] as SymbolicTensor[];
    const outer = model({ inputs: start, outputs: layers.concatenate().apply(both) });
    const copy = modelFromJSON(JSON.stringify(outer));
    expect(copy.countParams()).toBe(26);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(outer));
  });

  it('has a stack that repeats a layer', () => {
    const again = layers.dense({ units: 2, inputShape: [2], name: 'again' });
    const stack = sequential({ layers: [again, layers.reLU(), again] });
    const copy = modelFromJSON(JSON.stringify(stack));
    expect(copy.countParams()).toBe(6);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(stack));
  });

  it.each<[string, (text: string) => string]>([
    [
      'a layer of another class',
      (text) =>
        text.replace(
          '"className":"Dense","config":{"name":"again"},"shared"',
          '"className":"ReLU","config":{},"shared"',
        ),
    ],
    [
      'a layer that is not there',
      (text) =>
        text.replace(
          '"config":{"name":"again"},"shared":0',
          '"config":{"name":"again"},"shared":7',
        ),
    ],
    [
      'a number that is none',
      (text) =>
        text.replace(
          '"config":{"name":"again"},"shared":0',
          '"config":{"name":"again"},"shared":"0"',
        ),
    ],
    [
      'a model in itself',
      () =>
        '{"className":"Sequential","config":{"name":"a","seed":0,"layers":[{"className":"Sequential","config":{},"shared":0}]}}',
    ],
  ])('is refused with %s', (_, damage) => {
    const again = layers.dense({ units: 2, inputShape: [2], name: 'again' });
    const text = JSON.stringify(sequential({ layers: [again, again] }));
    expect(damage(text)).not.toBe(text);
    expect(() => modelFromJSON(damage(text))).toThrow(coded('ERR_FORMAT'));
  });
});

describe('what cannot be put together', () => {
  it('is a model of another shape', () => {
    expect(() => base().apply(input({ shape: [4] }))).toThrow(
      coded(
        'ERR_SHAPE',
        "model 'base': its input 'x' is [null,3], and [null,4] came; make a model for that shape",
      ),
    );
    expect(() => base().apply([input({ shape: [3] }), input({ shape: [3] })])).toThrow(
      coded('ERR_SHAPE', "model 'base': expected 1 input, got 2"),
    );
    expect(() => base().apply(ones([1, 3]) as never)).toThrow(coded('ERR_OPTION'));
  });

  it('is a cycle of models', () => {
    const inner = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    expect(() => {
      inner.add(inner);
    }).toThrow(coded('ERR_OPTION', "model 'sequential': it cannot be a layer of itself"));
    const outer = sequential({ name: 'outer', layers: [inner] });
    expect(() => {
      inner.add(outer);
    }).toThrow(coded('ERR_OPTION'));
    expect(() => sequential({ layers: [sequential({ name: 'empty' })] })).toThrow(
      coded('ERR_OPTION', "model 'empty': it has no layers; add them first"),
    );
  });

  it('is more than can be planned', () => {
    let outer: LayersModel = sequential({ layers: [layers.reLU({ inputShape: [2] })] });
    const double = (): void => {
      for (let level = 0; level < 20; ++level) {
        const start = input({ shape: [2] });
        const once = outer.apply(start) as SymbolicTensor;
        outer = model({ name: `m${level}`, inputs: start, outputs: outer.apply(once) });
      }
    };
    expect(double).toThrow(/uses of layers are more than 10000/);
    const deepen = (): void => {
      outer = sequential({ layers: [layers.reLU({ inputShape: [2] })] });
      for (let level = 0; level < 200; ++level)
        outer = sequential({ name: `m${level}`, layers: [outer] });
    };
    expect(deepen).toThrow(/models are nested 101 deep, more than 100/);
  });
});
