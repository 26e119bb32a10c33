import { ShapeError } from '../../lib/errors/errors.js';
import { NodeCudnnError } from '../../lib/errors/nodeCudnnError.js';
import * as cudnn from '../../lib/index.js';
import { coded } from './modelErrors.js';

// Typed as nothing in particular: what JavaScript code may pass.
const given = (value: unknown): never => value as never;

const cyclic: unknown[] = [1];
cyclic.unshift(cyclic);
const endless: unknown[] = [];
endless.length = 2 ** 32 - 1;
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const shapes = { shape: [3] };

describe('a value of another type', () => {
  it.each<[string, () => unknown, string, string]>([
    ['a shape', () => cudnn.zeros(given(3)), 'ERR_SHAPE', 'shape is 3'],
    ['a size', () => cudnn.ones(given(['3'])), 'ERR_SHAPE', "shape[0] is '3'"],
    ['a shape of tensor()', () => cudnn.tensor([1], given(2)), 'ERR_SHAPE', 'shape is 2'],
    ['reshape()', () => cudnn.tensor([1]).reshape(given(4)), 'ERR_SHAPE', 'shape is 4'],
    [
      'values of a tensor',
      () => new cudnn.Tensor(given([1]), [1], 'float32'),
      'ERR_DATA',
      'values',
    ],
    ['an array within itself', () => cudnn.tensor(given(cyclic)), 'ERR_SHAPE', 'more than 32 deep'],
    [
      'an array of holes',
      () => cudnn.tensor(given(endless)),
      'ERR_SHAPE',
      'values[0] is undefined',
    ],
    ['a list that long', () => cudnn.input(given({ shape: endless })), 'ERR_OPTION', '4294967295'],
    ['a revoked Proxy', () => cudnn.input(given(revoked)), 'ERR_OPTION', 'an object of options'],
    ['images', () => cudnn.data.padImages(given(5), 1, 1), 'ERR_DATA', 'images is 5'],
    ['grey images', () => cudnn.data.repeatChannels(given(null), 3), 'ERR_DATA', 'images is null'],
    ['rows', () => cudnn.data.batches(given(null), 1), 'ERR_DATA', 'x is undefined'],
    [
      'map',
      () => cudnn.data.batches({ x: cudnn.ones([1]), y: cudnn.ones([1]) }, 1, given({ map: 1 })),
      'ERR_OPTION',
      'map is 1',
    ],
    [
      'a schedule',
      () => cudnn.callbacks.learningRateScheduler(given(5)),
      'ERR_OPTION',
      'schedule is 5',
    ],
    [
      'a class as a function',
      () => cudnn.callbacks.learningRateScheduler(given(cudnn.Tensor)),
      'ERR_OPTION',
      'schedule is a class',
    ],
    [
      'a monitor',
      () => cudnn.callbacks.earlyStopping(given({ monitor: 1 })),
      'ERR_OPTION',
      'monitor is 1',
    ],
    [
      'a logger',
      () => {
        cudnn.setLogger(given(1));
      },
      'ERR_OPTION',
      'log is 1',
    ],
    [
      'a factory',
      () => {
        cudnn.registerLayer('X', given(1));
      },
      'ERR_OPTION',
      'factory is 1',
    ],
    ['an initializer', () => cudnn.initializers.constant(given(null)), 'ERR_OPTION', 'got null'],
    ['the class of one', () => dense({ className: 5 }), 'ERR_OPTION', 'kernelInitializer is 5'],
    ['a Map of options', () => cudnn.input(given(new Map([['shape', [3]]]))), 'ERR_OPTION', 'Map'],
    ['what inherits options', () => cudnn.input(given(Object.create(shapes))), 'ERR_OPTION', 'got'],
  ])('is refused: %s', (_, call, code, message) => {
    const error = caught(call);
    expect(error).toEqual(coded(code));
    expect(error.message).toContain(message);
  });

  it('is refused where a promise is given', async () => {
    const images = cudnn.data.resizeWithPad(given('x'), 2, 2);
    await expect(images).rejects.toEqual(coded('ERR_DATA'));
    await expect(cudnn.data.fashionMnist(given({ path: 1 }))).rejects.toEqual(coded('ERR_OPTION'));
    await expect(cudnn.data.readIdx(given(1))).rejects.toEqual(coded('ERR_OPTION'));
  });
});

function dense(kernelInitializer: unknown): unknown {
  return cudnn.layers.dense({ units: 1, kernelInitializer: given(kernelInitializer) });
}

function caught(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('an unknown option', () => {
  it.each<[string, () => unknown]>([
    ['of an initializer', () => cudnn.initializers.randomNormal(given({ stdev: 1 }))],
    ['of a uniform one', () => cudnn.initializers.randomUniform(given({ min: 1 }))],
    ['of a scaling one', () => cudnn.initializers.varianceScaling(given({ scal: 1 }))],
    ['of a regularizer', () => cudnn.regularizers.l2(given({ l1: 1 }))],
    ['of a config', () => dense({ className: 'Zeros', confg: {} })],
  ])('is refused: %s', (_, call) => {
    expect(caught(call)).toEqual(coded('ERR_OPTION'));
    expect(caught(call).message).toContain('unknown option');
  });

  it('of readIdx() is refused, so that a limit is not lost', async () => {
    const read = cudnn.data.readIdx('x', given({ maxByte: 1 }));
    await expect(read).rejects.toThrow("unknown option 'maxByte'; did you mean 'maxBytes'?");
  });
});

describe('an error', () => {
  const long = 'x'.repeat(5e6);

  it('has a short message, however long what it names is', () => {
    const calls = [
      () => cudnn.input(given({ [long]: 1 })),
      () => cudnn.input(given({ name: long, shape: [3] })),
      () => cudnn.zeros([1], given(long)),
      () => new cudnn.Loss(given(long)),
    ];
    for (const call of calls) expect(caught(call).message.length).toBeLessThan(1000);
    expect(new ShapeError(long, { place: long }).message.length).toBeLessThanOrEqual(2000);
  });

  it('is made of whatever it is told', () => {
    expect(new ShapeError(given(Symbol('x')), given(null)).message).toBe('Symbol(x)');
    expect(new ShapeError('x', given(revoked)).code).toBe('ERR_SHAPE');
  });

  it('carries what a getter threw', () => {
    const own = new Error('own');
    const options = {
      get shape(): never {
        throw own;
      },
    };
    const error = caught(() => cudnn.input(options));
    expect(error).toBeInstanceOf(NodeCudnnError);
    expect(error.cause).toBe(own);
  });

  it('says so when there is no room for a tensor', () => {
    expect(caught(() => cudnn.zeros([2 ** 45]))).toEqual(coded('ERR_OUT_OF_MEMORY'));
    expect(caught(() => cudnn.oneHot([1], 2 ** 45))).toEqual(coded('ERR_OUT_OF_MEMORY'));
  });
});

describe('fit()', () => {
  const x = cudnn.ones([2, 3]);

  function compiled(): cudnn.Sequential {
    const layers = [cudnn.layers.dense({ units: 1, inputShape: [3] })];
    const model = cudnn.sequential({ backend: 'reference', layers });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    return model;
  }

  class Hookless extends cudnn.Callback {
    override onEpochEnd = given(5) as () => void;
  }

  it.each<[string, unknown, unknown, string]>([
    [
      'a tensor that lies',
      { values: new Float32Array(3), shape: [9, 3], dtype: 'float32' },
      {},
      'ERR_SHAPE',
    ],
    ['an array of holes', endless, {}, 'ERR_'],
    ['an array within itself', cyclic, {}, 'ERR_SHAPE'],
    ['a revoked Proxy', revoked, {}, 'ERR_'],
    ['a callback without its methods', x, { callbacks: { setModel: 1 } }, 'ERR_OPTION'],
    ['a hook that is a number', x, { callbacks: new Hookless() }, 'ERR_OPTION'],
    ['a signal that is none', x, { signal: { aborted: 'no' } }, 'ERR_OPTION'],
    ['a signal that cannot be heard', x, { signal: { aborted: false } }, 'ERR_OPTION'],
  ])('refuses %s', async (_, data, options, code) => {
    const model = compiled();
    const training = model.fit(given(data), cudnn.ones([2, 1]), {
      verbose: 0,
      ...(options as object),
    });
    await expect(training).rejects.toBeInstanceOf(NodeCudnnError);
    await expect(training).rejects.toEqual(coded(expect.stringContaining(code) as string));
    await model.dispose();
  });
});
