/** What compile() makes of its arguments, and which it refuses. */
import { input, layers, losses, metrics, model, sequential, train } from '../../lib/index.js';
import type { CompileArgs, LayersModel } from '../../lib/index.js';
import { compileArgsFromConfig, resolveTraining } from '../../lib/model/compile.js';
import { coded } from './modelErrors.js';

const one = (...shape: number[]) => [{ name: 'out', shape }];
const two = [
  { name: 'digit', shape: [10] },
  { name: 'angle', shape: [1] },
];
const base: CompileArgs = { optimizer: 'sgd', loss: 'meanSquaredError' };
const from = (args: object): CompileArgs => args as CompileArgs;

describe('losses', () => {
  it.each([
    ['categoricalCrossentropy', 'categoricalCrossentropy', 'dense'],
    ['sparseCategoricalCrossentropy', 'sparseCategoricalCrossentropy', 'labels'],
    ['binaryCrossentropy', 'binaryCrossentropy', 'dense'],
    ['mse', 'meanSquaredError', 'dense'],
    ['mae', 'meanAbsoluteError', 'dense'],
  ])('%s is %s on %s targets', (loss, type, target) => {
    const { spec, outputSlots } = resolveTraining({ optimizer: 'sgd', loss }, one(10));
    expect(spec.losses).toEqual([{ type, weight: 1, fromLogits: false }]);
    expect(outputSlots).toEqual([{ name: 'out', shape: [10], loss: type, lossWeight: 1, target }]);
  });

  it('are one for all outputs, in order, or by name', () => {
    const types = (loss: CompileArgs['loss']) =>
      resolveTraining({ optimizer: 'sgd', loss }, two).spec.losses.map(({ type }) => type);
    expect(types('mse')).toEqual(['meanSquaredError', 'meanSquaredError']);
    expect(types(['sparseCategoricalCrossentropy', 'mae'])).toEqual([
      'sparseCategoricalCrossentropy',
      'meanAbsoluteError',
    ]);
    expect(types({ angle: 'mse' })).toEqual(['', 'meanSquaredError']);
  });

  it('have weights and may take logits', () => {
    const loss = { digit: losses.categoricalCrossentropy({ fromLogits: true }), angle: 'mse' };
    const { spec } = resolveTraining({ optimizer: 'sgd', loss, lossWeights: [0.25, 0] }, two);
    expect(spec.losses).toEqual([
      { type: 'categoricalCrossentropy', weight: 0.25, fromLogits: true },
      { type: 'meanSquaredError', weight: 0, fromLogits: false },
    ]);
  });
});

describe("'accuracy'", () => {
  const typeOf = (loss: string, ...shape: number[]) => {
    const args = { optimizer: 'sgd', loss, metrics: ['accuracy'] };
    const { spec, metricSlots } = resolveTraining(args, one(...shape));
    expect(metricSlots).toEqual([{ name: 'accuracy' }]);
    return spec.metrics[0]?.type;
  };

  it('suits targets and outputs', () => {
    expect(typeOf('sparseCategoricalCrossentropy', 10)).toBe('sparseCategoricalAccuracy');
    expect(typeOf('categoricalCrossentropy', 10)).toBe('categoricalAccuracy');
    expect(typeOf('binaryCrossentropy', 1)).toBe('binaryAccuracy');
    expect(typeOf('meanSquaredError', 1)).toBe('binaryAccuracy');
  });
});

describe('metrics', () => {
  it('have options and keep their names', () => {
    const args = {
      optimizer: 'sgd',
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['acc', metrics.topKCategoricalAccuracy({ k: 3 }), 'sparseCategoricalCrossentropy'],
      weightedMetrics: ['acc'],
    };
    const { spec, metricSlots } = resolveTraining(args, one(10));
    expect(metricSlots.map(({ name }) => name)).toEqual([
      'acc',
      'topKCategoricalAccuracy',
      'sparseCategoricalCrossentropy',
      'weighted_acc',
    ]);
    expect(spec.metrics).toEqual([
      { type: 'sparseCategoricalAccuracy', output: 0, attributes: {}, weighted: false },
      { type: 'topKCategoricalAccuracy', output: 0, attributes: { k: 3 }, weighted: false },
      { type: 'sparseCategoricalCrossentropy', output: 0, attributes: {}, weighted: false },
      { type: 'sparseCategoricalAccuracy', output: 0, attributes: {}, weighted: true },
    ]);
  });

  it('of several outputs carry their names', () => {
    const loss = ['sparseCategoricalCrossentropy', 'mse'];
    const args = { optimizer: 'sgd', loss, metrics: { digit: 'accuracy', angle: ['mae'] } };
    const { spec, metricSlots } = resolveTraining(args, two);
    expect(metricSlots.map(({ name }) => name)).toEqual(['digit_accuracy', 'angle_mae']);
    expect(spec.metrics.map(({ output }) => output)).toEqual([0, 1]);
  });

  it.each([
    ['accuracy'],
    [metrics.topKCategoricalAccuracy({ k: 2, name: 'accuracy' })],
    [metrics.topKCategoricalAccuracy({ k: 2, name: 'accuracy' }).getConfig()],
  ])('as one alone go as a list of it: %p', (metric) => {
    const loss = 'sparseCategoricalCrossentropy';
    const compiled = (given: CompileArgs['metrics']) =>
      resolveTraining(from({ optimizer: 'sgd', loss, metrics: given }), one(10));
    const { spec, metricSlots } = compiled(metric);
    expect(metricSlots.map(({ name }) => name)).toContain('accuracy');
    expect(spec).toEqual(compiled([metric]).spec);
  });

  it('as one list go to every output with a loss', () => {
    const args = { optimizer: 'sgd', loss: { angle: 'mse' }, metrics: ['mae'] };
    const { metricSlots } = resolveTraining(args, two);
    expect(metricSlots).toEqual([{ name: 'angle_mae' }]);
  });
});

describe('compile() refuses', () => {
  it.each<[string, CompileArgs, typeof two, RegExp]>([
    [
      'an unknown option',
      from({ ...base, optimiser: 1 }),
      one(2),
      /'optimiser'; did you mean 'optimizer'/,
    ],
    [
      'an unknown loss',
      { ...base, loss: 'crossentropy' },
      one(2),
      /loss is 'crossentropy'; expected one of/,
    ],
    [
      'snake_case',
      { ...base, loss: 'mean_squared_error' },
      one(2),
      /'meanSquaredError'\? \(names are camelCase\)/,
    ],
    ['no loss', from({ optimizer: 'sgd' }), one(2), /loss is undefined/],
    ['a loss of null', from({ optimizer: 'sgd', loss: null }), one(2), /loss is undefined/],
    [
      'an optimizer that is none',
      from({ ...base, optimizer: {} }),
      one(2),
      /optimizer is {}; pass 'adam'/,
    ],
    [
      'losses for other outputs',
      { ...base, loss: ['mse'] },
      two,
      /loss has 1 entries for 2 outputs \(digit, angle\)/,
    ],
    [
      'an unknown output',
      { ...base, loss: { digits: 'mse' } },
      two,
      /loss names 'digits', which is no output; did you mean 'digit'/,
    ],
    ['no loss at all', { ...base, loss: {} }, two, /no output has a loss/],
    [
      'classes of one',
      { ...base, loss: 'sparseCategoricalCrossentropy' },
      one(1),
      /over one class it is always 0/,
    ],
    ['an infinite weight', { ...base, lossWeights: [Infinity] }, one(2), /lossWeights is Infinity/],
    [
      'an unknown metric',
      { ...base, metrics: ['accurate'] },
      one(2),
      /metric is 'accurate'.*did you mean 'accuracy'/,
    ],
    ['a metric that is none', from({ ...base, metrics: [3] }), one(2), /metric is 3/],
    [
      'metrics that are no list',
      from({ ...base, metrics: 5 }),
      one(2),
      /metrics is 5; expected an array/,
    ],
    [
      'a metric of other targets',
      { ...base, metrics: ['sparseCategoricalAccuracy'] },
      one(2),
      /takes class numbers, but the loss meanSquaredError of output 'out' takes one value for each/,
    ],
    [
      'a metric without targets',
      { ...base, loss: { digit: 'mse' }, metrics: { angle: ['mae'] } },
      two,
      /output 'angle' has metrics but no loss/,
    ],
    ['a metric twice', { ...base, metrics: ['mae', 'mae'] }, one(2), /metric 'mae' is given twice/],
    [
      'k above the classes',
      { ...base, metrics: ['topKCategoricalAccuracy'] },
      one(2),
      /k is 5, more than the 2 values/,
    ],
  ])('%s', (_, args, outputs, message) => {
    const compile = () => resolveTraining(args, outputs);
    expect(compile).toThrow(coded('ERR_OPTION'));
    expect(compile).toThrow(message);
  });

  it('options of losses and metrics', () => {
    expect(() => losses.binaryCrossentropy({ logits: true } as never)).toThrow(
      /unknown option 'logits'/,
    );
    expect(() => metrics.binaryAccuracy({ threshold: 2 })).toThrow(/threshold is 2/);
    expect(() => metrics.topKCategoricalAccuracy({ k: 0 })).toThrow(/k is 0/);
  });
});

describe('a compiled model', () => {
  function network(): LayersModel {
    const x = input({ shape: [4], name: 'x' });
    const digit = layers.dense({ units: 10, name: 'digit', activation: 'softmax' }).apply(x);
    const angle = layers.dense({ units: 1, name: 'angle' }).apply(x);
    return model({ inputs: x, outputs: [digit, angle] });
  }

  it('says so, and before it what to do', () => {
    const net = network();
    expect(net.isCompiled).toBe(false);
    expect(net.metricSlots).toEqual([]);
    expect(() => net.optimizer).toThrow(/model 'model': .*call compile\(\) first/);
    const optimizer = train.adam();
    net.compile({ optimizer, loss: 'mse', metrics: { angle: 'mae' } });
    expect(net.isCompiled).toBe(true);
    expect(net.optimizer).toBe(optimizer);
    expect(net.metricSlots).toEqual([{ name: 'angle_mae' }]);
  });

  it('keeps what it was when compile() fails', () => {
    const net = network();
    net.compile({ optimizer: 'adam', loss: 'mse' });
    const { optimizer } = net;
    expect(() => {
      net.compile({ optimizer: 'sgd', loss: 'nonsense' });
    }).toThrow();
    expect(net.optimizer).toBe(optimizer);
  });

  it('compiles equally from its saved arguments', () => {
    const net = network();
    net.compile({
      optimizer: train.adamw({ learningRate: 0.02, clipNorm: 1 }),
      loss: { digit: losses.sparseCategoricalCrossentropy({ fromLogits: true }), angle: 'mse' },
      lossWeights: { angle: 0.5 },
      metrics: { digit: ['accuracy', metrics.topKCategoricalAccuracy({ k: 2, name: 'top2' })] },
      weightedMetrics: { angle: 'mae' },
    });
    const saved = JSON.stringify(net.trainingConfig);
    const copy = network();
    copy.compile(compileArgsFromConfig(JSON.parse(saved) as never));
    expect(JSON.stringify(copy.trainingConfig)).toBe(saved);
    expect(copy.metricSlots).toEqual(net.metricSlots);
    expect(copy.outputSlots).toEqual(net.outputSlots);
    expect(copy.optimizer.learningRate).toBe(0.02);
  });

  it('may have outputs named like members of objects', () => {
    const constructor = layers.dense({ units: 1, name: 'constructor', inputShape: [2] });
    const net = sequential({ layers: [constructor] });
    expect(() => {
      net.compile({ optimizer: 'sgd', loss: {} });
    }).toThrow(/no output has a loss/);
  });
});
