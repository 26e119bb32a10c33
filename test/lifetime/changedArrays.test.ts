import { setImmediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';

import { nativeAddon } from '../../lib/native/addon.js';
import type { Batch, NativeProgram, OptimizerState } from '../../lib/native/program.js';
import { batchOf, training, wideModel } from './models.js';

const addon = nativeAddon();
const width = 64;
/** More than the 4 MiB that are copied on one core. */
const rows = 20_000;

type Change = (array: Float32Array) => unknown;

function resizable(array: Float32Array): Float32Array {
  // Known to Node.js 20, but not to the ES2022 types.
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer;
  const { byteLength } = array;
  const made = new Float32Array(new Resizable(byteLength, { maxByteLength: byteLength }));
  made.set(array);
  return made;
}

/** What may happen to an array once the call that reads it has returned. */
const changes: Readonly<Record<string, Change>> = {
  overwritten: (array) => array.fill(NaN),
  'transferred by structuredClone, and overwritten': (array) =>
    structuredClone(array, { transfer: [array.buffer as ArrayBuffer] }).fill(NaN),
  'transferred to a port that is closed': (array) => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(array, [array.buffer as ArrayBuffer]);
    port1.close();
    port2.close();
  },
  'resized to nothing': (array) => {
    (array.buffer as unknown as { resize(length: number): void }).resize(0);
  },
};

function freshArray(source: Float32Array, change: string): Float32Array {
  return change.startsWith('resized') ? resizable(source) : source.slice();
}

/** Where two arrays differ first, or -1. */
function firstDifference(expected?: Float32Array, received?: Float32Array): number {
  if (expected?.length !== received?.length) return 0;
  return expected?.findIndex((value, i) => !Object.is(value, received?.[i])) ?? 0;
}

describe.each(Object.keys(changes))('an array that is %s during the call', (name) => {
  const change = changes[name] as Change;
  let program: NativeProgram;
  const { inputs, targets } = batchOf(rows, width);
  const x = inputs[0] as Float32Array;
  const labels = targets[0] as Int32Array;

  beforeEach(async () => {
    program = new addon.Program(wideModel(width, 2));
    await program.configureTraining(training);
    await program.initialize();
  });

  afterEach(() => program.dispose());

  /** The calls' results with an array of their own, changed while the first is in progress. */
  async function changedDuring<T>(
    source: Float32Array,
    call: (array: Float32Array) => Promise<T>,
  ): Promise<T> {
    const occupied = program.evaluate({ size: rows, inputs: [x], targets: [labels] });
    const array = freshArray(source, name);
    const running = call(array);
    change(array);
    await setImmediate();
    await occupied;
    return running;
  }

  const batch = (array: Float32Array): Batch => ({
    size: rows,
    inputs: [array],
    targets: [labels],
  });

  test('predict reads what it was', async () => {
    const [expected] = await program.predict({ size: rows, inputs: [x] });
    const [y] = await changedDuring(x, (array) => program.predict({ size: rows, inputs: [array] }));
    expect(firstDifference(expected, y)).toBe(-1);
  });

  test('train reads what it was, also by index', async () => {
    const indices = Int32Array.from({ length: rows }, (_, i) => (i * 7) % rows);
    const first = await program.getWeights();
    await program.train({ ...batch(x), indices }, 0.1);
    const expected = await program.getWeights();
    await program.configureTraining(training);
    await program.setWeights(first);
    await changedDuring(x, (array) => program.train({ ...batch(array), indices }, 0.1));
    expect(await program.getWeights()).toEqual(expected);
  });

  test('setWeights and setOptimizerState read what they were', async () => {
    await program.train(batch(x), 0.1);
    const weights = await program.getWeights();
    const state = await program.getOptimizerState();
    const [kernel] = weights as [Float32Array];
    const [velocity] = state.values as [Float32Array];
    const others: OptimizerState['values'] = state.values.slice(1);
    await changedDuring(kernel, (array) => program.setWeights([array, null, null, null]));
    await changedDuring(velocity, (array) =>
      program.setOptimizerState({ ...state, values: [array, ...others] }),
    );
    expect(await program.getWeights()).toEqual(weights);
    expect(await program.getOptimizerState()).toEqual(state);
  });

  test('resizeWithPad reads what it was', async () => {
    const resize = (array: Float32Array): Promise<Float32Array> =>
      addon.resizeWithPad(array, [rows / 100, 20, 20, 16], 9, 9, 1);
    const expected = await resize(x);
    const array = freshArray(x, name);
    const others = [resize(x), resize(x)];
    const running = resize(array);
    change(array);
    await Promise.all(others);
    expect(firstDifference(expected, await running)).toBe(-1);
  });
});

test('a getter that transfers an array leaves none to read', async () => {
  const program = new addon.Program(wideModel(width, 1));
  await program.initialize();
  const { inputs } = batchOf(8, width);
  const x = inputs[0] as Float32Array;
  const sly = {
    size: 8,
    inputs: [x],
    get indices(): Int32Array {
      structuredClone(x, { transfer: [x.buffer as ArrayBuffer] });
      return Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    },
  };
  await expect(program.predict(sly)).rejects.toMatchObject({ code: 'ERR_DATA' });
  await program.dispose();
});
