/** Weights in native memory: read, set, kept over compile(), frozen, freed. */
import { layers, sequential, tensor, train } from '../../lib/index.js';
import type { LayersModel, Tensor } from '../../lib/index.js';
import { coded } from './modelErrors.js';

const backend = 'reference';

function network(seed = 1): LayersModel {
  return sequential({
    backend,
    seed,
    layers: [
      layers.dense({ units: 3, name: 'a', activation: 'tanh', inputShape: [2] }),
      layers.batchNormalization({ name: 'bn' }),
      layers.dense({ units: 2, name: 'b' }),
    ],
  });
}

const x = tensor([
  [1, 2],
  [-1, 0.5],
  [0, 1],
]);
const y = tensor([
  [1, 0],
  [0, 1],
  [1, 1],
]);
const quiet = { epochs: 2, batchSize: 3, verbose: 0, shuffle: false } as const;

function numbers(weights: readonly Tensor[]): number[][] {
  return weights.map(({ values }) => Array.from(values));
}

describe('weights', () => {
  const models: LayersModel[] = [];
  const make = (seed?: number) => {
    const made = network(seed);
    models.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(models.splice(0).map((each) => each.dispose()));
  });

  it('come in the order and the shapes of model.weights', async () => {
    const model = make();
    const weights = await model.getWeights();
    expect(weights.map(({ shape }) => shape)).toEqual(model.weights.map(({ shape }) => shape));
    const [, bias, gamma, beta, mean, variance] = numbers(weights);
    expect([bias, gamma, beta, mean, variance]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it('follow from the seed', async () => {
    const [first, equal, other] = await Promise.all(
      [make(1), make(1), make(2)].map(async (model) => numbers(await model.getWeights())),
    );
    expect(equal).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('can be set, from any dtype', async () => {
    const model = make();
    const values = model.weights.map(({ shape, count }, i) =>
      tensor(
        Int32Array.from({ length: count }, (_, j) => i + j),
        shape,
      ),
    );
    await model.setWeights(values);
    expect(numbers(await model.getWeights())).toEqual(numbers(values));
  });

  it('that do not fit are refused, with the model unchanged', async () => {
    const model = make();
    const before = await model.getWeights();
    await expect(model.setWeights(before.slice(1))).rejects.toThrow(/expected 8 tensors, got 7/);
    const wrong = [...before.slice(0, 6), tensor([[1]]), ...before.slice(7)];
    await expect(model.setWeights(wrong)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: "model 'sequential': weight 'b/kernel': expected [3,2], got [1,1]",
    });
    await expect(model.setWeights(before.map(() => 1) as never)).rejects.toThrow(
      /'a\/kernel' is 1; expected a tensor/,
    );
    expect(numbers(await model.getWeights())).toEqual(numbers(before));
  });

  it('are kept by compile(), and frozen from the next one on', async () => {
    const model = make();
    const initial = numbers(await model.getWeights());
    model.compile({ optimizer: train.sgd(0.1), loss: 'mse' });
    expect(numbers(await model.getWeights())).toEqual(initial);
    await model.fit(x, y, quiet);
    const trained = numbers(await model.getWeights());
    const changed = (from: number[][], to: number[][]) =>
      model.weights.filter((_, i) => String(from[i]) !== String(to[i])).map(({ name }) => name);
    expect(changed(initial, trained)).toEqual(model.weights.map(({ name }) => name));

    model.getLayer('a').trainable = false;
    model.getLayer('bn').trainable = false;
    await model.fit(x, y, quiet);
    const notYet = numbers(await model.getWeights());
    expect(changed(trained, notYet)).toContain('a/kernel');

    model.compile({ optimizer: 'adam', loss: 'mse' });
    expect(numbers(await model.getWeights())).toEqual(notYet);
    await model.fit(x, y, quiet);
    const frozen = numbers(await model.getWeights());
    expect(changed(notYet, frozen)).toEqual(['b/kernel', 'b/bias']);
  });

  it('need no compile() to predict, explain() does to train', async () => {
    const model = make();
    const output = (await model.predict(x)) as Tensor;
    expect(output.shape).toEqual([3, 2]);
    expect(await model.explain('predict', 4)).toContain('[4,3]');
    await expect(model.explain()).rejects.toThrow(/call compile\(\) first/);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    expect(await model.explain('train', 4)).toMatch(/sgd/i);
    await expect(model.explain('learn' as never)).rejects.toThrow(/mode is 'learn'/);
    await expect(model.explain('train', 0)).rejects.toThrow(/batchSize is 0/);
  });
});

describe('one at a time', () => {
  it('names what is running', async () => {
    const model = network();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const running = model.fit(x, y, quiet);
    await expect(model.trainOnBatch(x, y)).rejects.toMatchObject({
      code: 'ERR_MODEL_BUSY',
      message:
        "model 'sequential': trainOnBatch() was called while fit() is in progress; await it first",
    });
    expect(((await model.predict(x)) as Tensor).shape).toEqual([3, 2]);
    expect(() => {
      model.compile({ optimizer: 'sgd', loss: 'mse' });
    }).toThrow(coded('ERR_MODEL_BUSY'));
    await running;
    expect(((await model.predict(x)) as Tensor).shape).toEqual([3, 2]);
    await model.dispose();
  });
});

describe('after dispose()', () => {
  it('every use says so', async () => {
    const model = network();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.getWeights();
    await model.dispose();
    await model.dispose();
    expect(model.disposed).toBe(true);
    const uses: (() => Promise<unknown>)[] = [
      () => model.fit(x, y),
      () => model.evaluate(x, y),
      () => model.predict(x),
      () => model.predictOnBatch(x),
      () => model.trainOnBatch(x, y),
      () => model.testOnBatch(x, y),
      () => model.getWeights(),
      () => model.explain(),
      () => model.plan(),
      () => model.program(),
    ];
    for (const use of uses) await expect(use()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect(() => {
      model.compile({ optimizer: 'sgd', loss: 'mse' });
    }).toThrow(coded('ERR_DISPOSED'));
    expect(model.summaryData().totalParams).toBe(29);
  });

  it('begun while the program is being made, nothing stays', async () => {
    const model = network();
    const making = model.program();
    const gone = model.dispose();
    await expect(making).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    await gone;
  });

  it('comes with `using`', async () => {
    const model = network();
    await model.getWeights();
    model[Symbol.dispose]();
    await expect(model.getWeights()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    const other = network();
    await other[Symbol.asyncDispose]();
    expect(other.disposed).toBe(true);
  });
});
