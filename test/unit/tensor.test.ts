import vm from 'node:vm';
import fc from 'fast-check';
import {
  oneHot,
  ones,
  Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tensor4d,
  zeros,
} from '../../lib/index.js';
import { coded } from './modelErrors.js';

describe('tensor()', () => {
  it('takes nested arrays, in row-major order', () => {
    const made = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([made.shape, made.dtype, made.rank, made.size]).toEqual([[2, 3], 'float32', 2, 6]);
    expect(Array.from(made.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(tensor([[true, false]]).dtype).toBe('bool');
    expect(tensor(3).shape).toEqual([]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([new Float32Array([1, 2]), new Float32Array([3, 4])]).shape).toEqual([2, 2]);
  });

  it('shares typed arrays, and converts where another type is asked for', () => {
    for (const values of [new Float32Array(4), new Int32Array(4), new Uint8Array(4)]) {
      expect(tensor(values, [2, 2]).values).toBe(values);
    }
    expect(tensor(new Float32Array([1, 2]), [2], 'int32').values).toEqual(Int32Array.of(1, 2));
    expect(tensor(new Float64Array([1.5, 2])).values).toEqual(Float32Array.of(1.5, 2));
    const clamped = new Uint8ClampedArray([7, 8, 9]).subarray(1);
    const bytes = tensor(clamped);
    expect(bytes.values).toEqual(Uint8Array.of(8, 9));
    expect(bytes.values.buffer).toBe(clamped.buffer);
  });

  it('knows typed arrays of other realms', () => {
    const foreign = vm.runInNewContext('new Float32Array([1, 2, 3])') as Float32Array;
    expect(foreign instanceof Float32Array).toBe(false);
    const made = tensor(foreign, [3]);
    expect(made.values).toBe(foreign);
    expect(made.dtype).toBe('float32');
    expect(tensor([foreign, foreign]).shape).toEqual([2, 3]);
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'ragged rows',
      () => tensor([[1, 2], [3]]),
      'ERR_SHAPE',
      /values\[1\] has 1 elements, expected 2/,
    ],
    [
      'a number among rows',
      () => tensor([[1], 2]),
      'ERR_SHAPE',
      /values\[1\] is 2, expected an array of 1/,
    ],
    [
      'rows among numbers',
      () => tensor([1, [2]]),
      'ERR_SHAPE',
      /values\[1\] has 1 elements, expected a number/,
    ],
    ['text', () => tensor(['1'] as never), 'ERR_SHAPE', /values\[0\] is '1', expected a number/],
    [
      'too few values',
      () => tensor([1, 2, 3], [2, 2]),
      'ERR_SHAPE',
      /3 values do not fill the shape \[2,2\]/,
    ],
    ['a negative size', () => tensor([1, 2], [-2]), 'ERR_SHAPE', /shape\[0\] is -2/],
    [
      'fractions as integers',
      () => tensor([1, 1.5], [2], 'int32'),
      'ERR_DATA',
      /value 1.5 at 1 is no int32/,
    ],
    ['a byte of 256', () => tensor([256], [1], 'uint8'), 'ERR_DATA', /value 256 at 0 is no uint8/],
    [
      'bigints',
      () => tensor(new BigInt64Array(1) as never),
      'ERR_DATA',
      /64-bit integers do not fit/,
    ],
    [
      'an unknown dtype',
      () => tensor([1], [1], 'float64' as never),
      'ERR_OPTION',
      /dtype is 'float64'/,
    ],
    [
      'another rank',
      () => tensor2d([1, 2]),
      'ERR_SHAPE',
      /tensor2d\(\): expected rank 2, got \[2\]/,
    ],
  ])('refuses %s', (_, make, code, message) => {
    expect(make).toThrow(coded(code));
    expect(make).toThrow(message);
  });

  it('gives back what it was made of', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, (shape) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const made = tensor(
          Float32Array.from({ length: size }, (_, i) => i),
          shape,
        );
        const nested = made.arraySync();
        expect(tensor(nested).shape).toEqual(shape);
        expect(tensor(nested).values).toEqual(made.values);
      }),
    );
  });
});

describe('a tensor', () => {
  const six = tensor([
    [1, 5, 5],
    [-1, -3, -2],
  ]);

  it('has rows, which share its memory', () => {
    const row = six.slice(1);
    expect(row.shape).toEqual([1, 3]);
    expect(row.values.buffer).toBe(six.values.buffer);
    expect(row.arraySync()).toEqual([[-1, -3, -2]]);
    expect(six.slice(0, 1).arraySync()).toEqual([[1, 5, 5]]);
    expect(() => six.slice(1, 2)).toThrow(/2 from 1 on is not within the 2 of axis 0 of \[2,3\]/);
    expect(() => six.slice(-1)).toThrow(/slice\(\)/);
    expect(() => tensor(1).slice(0)).toThrow(/a scalar has no rows/);
  });

  it('takes begin and size of each axis', () => {
    const cube = tensor(
      Int32Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
    );
    expect(cube.slice([0, 0], [2, 2]).shape).toEqual([2, 2, 4]);
    expect(cube.slice([1, 1, 2], [1, 2, 2]).arraySync()).toEqual([
      [
        [18, 19],
        [22, 23],
      ],
    ]);
    expect(cube.slice([0, 2], [-1, -1]).arraySync()).toEqual([
      [[8, 9, 10, 11]],
      [[20, 21, 22, 23]],
    ]);
    expect(cube.slice([0, 0, 3]).dtype).toBe('int32');
    expect(cube.slice([1], 1).values.buffer).toBe(cube.values.buffer);
    expect(cube.slice([0, 1], [2, 0]).shape).toEqual([2, 0, 4]);
  });

  it.each<[number | number[], number | number[] | undefined, string]>([
    [[0, 2], [2, 2], '2 from 2 on is not within the 3 of axis 1 of [2,3]'],
    [[0, 0, 0], undefined, 'begin has 3 numbers for the 2 axes'],
    [0, [1, 1, 1], 'size has 3 numbers'],
    [[0, 0.5], undefined, '-1 from 0.5 on'],
    [[0, -1], undefined, '-1 from -1 on'],
    [0, -2, '-2 from 0 on'],
    ['a' as unknown as number, undefined, "-1 from 'a' on"],
  ])('refuses slice(%p, %p)', (begin, size, message) => {
    const six = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(() => six.slice(begin, size)).toThrow(coded('ERR_SHAPE'));
    expect(() => six.slice(begin, size)).toThrow(message);
  });

  it('takes another shape', () => {
    expect(six.reshape([3, -1]).arraySync()).toEqual([
      [1, 5],
      [5, -1],
      [-3, -2],
    ]);
    expect(() => six.reshape([4, -1])).toThrow(/6 values do not fill the shape \[4,-1\]/);
    expect(() => six.reshape([-1, -1])).toThrow(/do not fill/);
  });

  it('finds its largest values, the first of equals', () => {
    const found = six.argMax(-1);
    expect([found.dtype, found.shape, found.arraySync()]).toEqual(['int32', [2], [1, 0]]);
    expect(six.argMax(1).arraySync()).toEqual([1, 0]);
    expect(() => six.argMax(0)).toThrow(/the last axis/);
    expect(() => zeros([2, 0]).argMax()).toThrow(/argMax/);
  });

  it('prints short', () => {
    expect(six.toString()).toBe('Tensor float32 [2,3]\n[[1, 5, 5],\n [-1, -3, -2]]');
    const long = tensor(Float32Array.from({ length: 100 }, (_, i) => i / 3));
    expect(long.toString()).toBe(
      'Tensor float32 [100]\n[0, 0.3333333, 0.6666667, ..., 32.33333, 32.66667, 33]',
    );
    expect(tensor([NaN, Infinity]).toString()).toContain('[NaN, Infinity]');
  });

  it('is there after dispose(), and promises its data', async () => {
    six.dispose();
    expect(await six.data()).toBe(six.values);
    expect(await six.array()).toEqual(six.arraySync());
  });

  it('fits its shape', () => {
    expect(() => new Tensor(new Float32Array(3), [2], 'float32')).toThrow(/do not fill/);
  });
});

describe('made from nothing', () => {
  it('are zeros and ones', () => {
    expect(zeros([2, 2]).arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(ones([3], 'int32').values).toEqual(Int32Array.of(1, 1, 1));
    expect(() => zeros([-1])).toThrow(/zeros\(\): shape\[0\] is -1/);
    expect(tensor1d([1, 2]).rank + tensor4d([0], [1, 1, 1, 1]).rank).toBe(5);
  });

  it('are one-hot rows', () => {
    expect(oneHot(tensor([2, 0], [2], 'int32'), 3).arraySync()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(oneHot([[1]].flat(), 2).shape).toEqual([1, 2]);
    expect(() => oneHot([0, 3], 3)).toThrow(/label 3 at 1 is not within 0 to 2/);
    expect(() => oneHot([0.5], 3)).toThrow(coded('ERR_DATA'));
    expect(() => oneHot([0], 0)).toThrow(/depth is 0/);
  });
});
