import { runInNewContext } from 'node:vm';

import { nativeAddon } from '../../lib/native/addon.js';
import type { HostArray, NativeProgram } from '../../lib/native/program.js';
import { batchOf, tinyModel, tinyRowElements, training, wideModel } from './models.js';

const addon = nativeAddon();

describe.each(addon.backendNames())('arrays of a program on %s', (backend) => {
  let program: NativeProgram;

  beforeEach(async () => {
    program = new addon.Program(tinyModel(backend));
    await program.configureTraining(training);
    await program.initialize();
  });

  afterEach(() => program.dispose());

  const batch = batchOf(8, tinyRowElements);

  async function predict(input: HostArray, size = 8): Promise<number[]> {
    const [y] = await program.predict({ size, inputs: [input] });
    return Array.from(y ?? []);
  }

  test('may come from another realm', async () => {
    const x = batch.inputs[0] as Float32Array;
    const foreign = runInNewContext('Float32Array.from(values)', {
      values: Array.from(x),
    }) as Float32Array;
    const isOurs: boolean = (foreign as object) instanceof Float32Array;
    expect(isOurs).toBe(false);
    expect(await predict(foreign)).toEqual(await predict(x));

    const labels = runInNewContext('Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3)') as Int32Array;
    const [kernel] = await program.getWeights();
    const values = runInNewContext('Float32Array.from(values)', {
      values: Array.from(kernel ?? []),
    }) as Float32Array;
    await program.setWeights([values, null, null, null]);
    await program.train({ size: 8, inputs: [foreign], targets: [labels], indices: labels }, 0.1);
  });

  test('may be views into a larger or a shared buffer', async () => {
    const x = batch.inputs[0] as Float32Array;
    const larger = new Float32Array(x.length + 7);
    larger.set(x, 7);
    const shared = new Float32Array(new SharedArrayBuffer(x.byteLength));
    shared.set(x);
    const expected = await predict(x);
    expect(await predict(larger.subarray(7))).toEqual(expected);
    expect(await predict(shared)).toEqual(expected);
  });

  test('rows are taken by index, or from a first row on', async () => {
    const x = batch.inputs[0] as Float32Array;
    const all = await predict(x);
    const [gathered] = await program.predict({
      size: 3,
      inputs: [x],
      indices: Int32Array.of(6, 0, 6),
    });
    const row = (index: number): number[] => all.slice(4 * index, 4 * index + 4);
    const close = (values: readonly number[]): unknown[] =>
      values.map((value) => expect.closeTo(value, 5) as unknown);
    expect(Array.from(gathered ?? [])).toEqual(close([...row(6), ...row(0), ...row(6)]));
    const [tail] = await program.predict({ size: 2, inputs: [x], first: 5 });
    expect(Array.from(tail ?? [])).toEqual(close([...row(5), ...row(6)]));
  });

  test('indices may change once the call is made', async () => {
    const indices = Int32Array.of(1, 2);
    const running = program.predict({ size: 2, inputs: batch.inputs, indices });
    indices.fill(1 << 30);
    await expect(running).resolves.toHaveLength(1);
  });

  test.each([
    ['a row below 0', { indices: Int32Array.of(0, -1) }, 'row -1'],
    ['a row past the end', { indices: Int32Array.of(0, 8) }, 'row 8'],
    ['too few indices', { indices: Int32Array.of(0) }, 'at least 2'],
    ['a first row past the end', { first: 7 }, 'row 8'],
    ['a negative first row', { first: -1 }, 'row -1'],
    ['part of a row', { inputs: [new Float32Array(61)] }, 'whole rows of 60'],
    ['no rows', { inputs: [new Float32Array(0)] }, 'whole rows of 60'],
    ['too few inputs', { inputs: [] }, 'expected 1 arrays, got 0'],
    ['too few targets', { targets: [Int32Array.of(1, 2, 3)] }, '8 whole rows'],
    ['no size', { size: 0 }, 'size from 1 on'],
    ['float64 values', { inputs: [new Float64Array(480) as unknown as Float32Array] }, 'Float64A'],
  ])('%s is refused', async (_, change, text) => {
    const wrong = { ...batch, size: 2, ...change };
    await expect(program.evaluate(wrong)).rejects.toMatchObject({
      code: 'ERR_DATA',
      message: expect.stringContaining(text) as unknown,
    });
  });

  test('weights of another size change nothing', async () => {
    const before = await program.getWeights();
    const [kernel] = before;
    const zeros = new Float32Array(kernel?.length ?? 0);
    await expect(
      program.setWeights([zeros, null, null, new Float32Array(5)]),
    ).rejects.toMatchObject({ code: 'ERR_SHAPE', place: "weight 'dense/bias'" });
    expect(await program.getWeights()).toEqual(before);
  });

  test('optimizer state of another size changes nothing', async () => {
    await program.train(batch, 0.1);
    const before = await program.getOptimizerState();
    const values = before.values.map((array) => array.map((value) => value + 1));
    values[3] = new Float32Array(5);
    await expect(program.setOptimizerState({ ...before, values })).rejects.toMatchObject({
      code: 'ERR_SHAPE',
    });
    expect(await program.getOptimizerState()).toEqual(before);
  });
});

/** Where two arrays differ first, or -1; much faster than toEqual. */
function firstDifference(expected?: Float32Array, received?: Float32Array): number {
  if (expected?.length !== received?.length) return 0;
  return expected?.findIndex((value, i) => value !== received?.[i]) ?? 0;
}

test('large results come whole, in order, and can be transferred', async () => {
  const program = new addon.Program(wideModel(700, 2));
  await program.initialize();
  const marked = [700 * 700, 700, 700 * 700, 700].map((length, index) =>
    Float32Array.from({ length }, (_, i) => index * 1e6 + i),
  );
  await program.setWeights(marked);
  const [weights] = await Promise.all([
    program.getWeights(),
    program.setWeights(marked.map((values) => new Float32Array(values.length))),
    program.dispose(),
  ]);
  const differing = marked.map((values, index) => firstDifference(values, weights[index]));
  expect(differing).toEqual([-1, -1, -1, -1]);
  const [first] = weights;
  const buffer = first?.buffer as ArrayBuffer;
  const moved = structuredClone(first, { transfer: [buffer] });
  expect(firstDifference(marked[0], moved)).toBe(-1);
  expect(buffer.byteLength).toBe(0);
});
