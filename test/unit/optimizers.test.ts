import { train } from '../../lib/index.js';
import type { Optimizer } from '../../lib/index.js';
import { optimizerFromConfig, resolveOptimizer } from '../../lib/optimizers/resolve.js';
import { coded } from './modelErrors.js';

const off = { clipNorm: 0, globalClipNorm: 0, clipValue: 0 };
const plain = { weightDecay: 0, weightDecayMode: 'decoupled', ...off };
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

describe('train', () => {
  it.each<[string, Optimizer, number, string, object]>([
    ['sgd()', train.sgd(), 0.01, 'sgd', { momentum: 0, nesterov: false, ...plain }],
    ['sgd(rate)', train.sgd(0.5), 0.5, 'sgd', { momentum: 0, nesterov: false, ...plain }],
    [
      'sgd(options)',
      train.sgd({
        learningRate: 0.1,
        momentum: 0.9,
        nesterov: true,
        weightDecay: 5e-4,
        weightDecayMode: 'l2',
        clipValue: 2,
      }),
      0.1,
      'sgd',
      {
        momentum: 0.9,
        nesterov: true,
        weightDecay: 5e-4,
        weightDecayMode: 'l2',
        ...off,
        clipValue: 2,
      },
    ],
    [
      'momentum()',
      train.momentum(0.1, 0.8),
      0.1,
      'sgd',
      { momentum: 0.8, nesterov: false, ...plain },
    ],
    ['adam()', train.adam(), 0.001, 'adam', { ...adam, ...plain }],
    [
      'adam(numbers)',
      train.adam(0.1, 0.8, 0.9, 0.1),
      0.1,
      'adam',
      { beta1: 0.8, beta2: 0.9, epsilon: 0.1, ...plain },
    ],
    [
      'adam(options)',
      train.adam({ clipNorm: 1 }),
      0.001,
      'adam',
      { ...adam, ...plain, clipNorm: 1 },
    ],
    ['adamw()', train.adamw(), 0.001, 'adam', { ...adam, ...plain, weightDecay: 0.004 }],
    ['adamw(rate)', train.adamw(0.2), 0.2, 'adam', { ...adam, ...plain, weightDecay: 0.004 }],
  ])('%s', (_, optimizer, rate, type, attributes) => {
    expect(optimizer.learningRate).toBe(rate);
    expect(optimizer.toSpec()).toEqual({ type, attributes });
    const copy = optimizerFromConfig(
      JSON.parse(JSON.stringify(optimizer.getConfig())) as ReturnType<Optimizer['getConfig']>,
    );
    expect(copy.constructor).toBe(optimizer.constructor);
    expect(copy.learningRate).toBe(rate);
    expect(copy.toSpec()).toEqual(optimizer.toSpec());
  });

  it('has a learning rate that can be set, and is saved as it is', () => {
    const optimizer = train.adam(0.1);
    optimizer.learningRate = 0.02;
    expect(optimizer.learningRate).toBe(0.02);
    expect(optimizer.getConfig().config.learningRate).toBe(0.02);
    expect(() => {
      optimizer.learningRate = NaN;
    }).toThrow(/optimizer 'adam': learningRate is NaN/);
    expect(optimizer.learningRate).toBe(0.02);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a negative rate', () => train.sgd(-1), /optimizer 'sgd': learningRate is -1/],
    ['an unknown option', () => train.adam({ lr: 1 } as never), /unknown option 'lr'/],
    ['snake_case', () => train.adam({ beta_1: 1 } as never), /did you mean 'beta1'/],
    ['a beta of 1', () => train.adam({ beta2: 1 }), /beta2 is 1/],
    ['a momentum above 1', () => train.sgd({ momentum: 2 }), /momentum is 2/],
    ['an unknown decay', () => train.sgd({ weightDecayMode: 'L2' as never }), /did you mean 'l2'/],
    ['a clip of 0', () => train.sgd({ clipNorm: 0 }), /clipNorm is 0; expected .* above 0/],
    [
      'two clips',
      () => train.adamw({ clipNorm: 1, clipValue: 1 }),
      /clipNorm and clipValue are given/,
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(coded('ERR_OPTION'));
    expect(make).toThrow(message);
  });
});

describe('an optimizer', () => {
  it('can be given by name', () => {
    expect(['sgd', 'adam', 'adamw', 'Adam'].map((name) => resolveOptimizer(name).name)).toEqual([
      'sgd',
      'adam',
      'adamw',
      'adam',
    ]);
    expect(() => resolveOptimizer('rmsprop')).toThrow(/expected one of 'sgd', 'adam', 'adamw'/);
  });

  it('of an unknown class says so', () => {
    expect(() => optimizerFromConfig({ className: 'Lion', config: {} })).toThrow(
      /no optimizer class 'Lion'; known: SGD, Adam, AdamW/,
    );
  });
});
