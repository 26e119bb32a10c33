import { nativeAddon } from '../../lib/native/addon.js';
import type { NativeProgram, OptimizerState } from '../../lib/native/program.js';
import { batchOf, tinyModel, tinyRowElements, training } from './models.js';

const addon = nativeAddon();
const batch = batchOf(8, tinyRowElements);

const emptyState: OptimizerState = { names: [], values: [], step: 0 };
const calls: Record<string, (program: NativeProgram) => Promise<unknown>> = {
  configureTraining: (program) => program.configureTraining(training),
  initialize: (program) => program.initialize(),
  train: (program) => program.train(batch, 0.1),
  evaluate: (program) => program.evaluate(batch),
  predict: (program) => program.predict(batch),
  gradients: (program) => program.gradients(batch),
  results: (program) => program.results(true),
  getWeights: (program) => program.getWeights(),
  setWeights: (program) => program.setWeights([null, null, null, null]),
  getOptimizerState: (program) => program.getOptimizerState(),
  setOptimizerState: (program) => program.setOptimizerState(emptyState),
  explain: (program) => program.explain('train', 8),
  plan: (program) => program.plan('train', 8),
  profile: (program) => program.profile(batch, 1),
};

describe.each(addon.backendNames())('a program on %s', (backend) => {
  let program: NativeProgram;

  beforeEach(async () => {
    program = new addon.Program(tinyModel(backend));
    await program.configureTraining(training);
    await program.initialize();
  });

  afterEach(async () => {
    await program.dispose();
    expect(addon.liveHandles()).toBe(0);
  });

  test('counts as live until it is disposed', async () => {
    expect(addon.liveHandles()).toBe(1);
    const other = new addon.Program(tinyModel(backend));
    expect(addon.liveHandles()).toBe(2);
    await other.dispose();
    expect(addon.liveHandles()).toBe(1);
  });

  test('a specification that is refused leaves nothing alive', () => {
    const spec = tinyModel(backend);
    const broken = { ...spec, outputs: [99] };
    expect(() => new addon.Program(broken)).toThrow();
    expect(addon.liveHandles()).toBe(1);
  });

  test('tells its bytes, and none once disposed', async () => {
    expect(program.bytes).toBeGreaterThanOrEqual(4 * (54 + 3 + 144 + 4));
    await program.dispose();
    expect(program.bytes).toBe(0);
  });

  test('runs calls in the order they were made', async () => {
    const order: string[] = [];
    await Promise.all(
      ['train', 'evaluate', 'predict', 'getWeights', 'results', 'train'].map(async (name) => {
        await calls[name]?.(program);
        order.push(name);
      }),
    );
    expect(order).toEqual(['train', 'evaluate', 'predict', 'getWeights', 'results', 'train']);
    expect((await program.getOptimizerState()).step).toBe(2);
  });

  test('dispose waits for the calls before it', async () => {
    const steps = Array.from({ length: 20 }, () => program.train(batch, 0.1));
    const weights = program.getWeights();
    const disposed = program.dispose();
    expect(program.disposed).toBe(true);
    await expect(program.train(batch, 0.1)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    await disposed;
    await Promise.all(steps);
    expect((await weights).map((values) => values.length)).toEqual([54, 3, 144, 4]);
  });

  test('dispose may be called again, also at once', async () => {
    await Promise.all([program.dispose(), program.dispose()]);
    await program.dispose();
    expect(addon.liveHandles()).toBe(0);
    expect(program.disposed).toBe(true);
  });

  test('a call that fails leaves the program usable', async () => {
    const wrong = { ...batch, inputs: [new Float32Array(8 * tinyRowElements).fill(NaN)] };
    await expect(program.train(wrong, 0.1)).rejects.toMatchObject({ code: 'ERR_DATA' });
    await program.train(batch, 0.1);
    expect((await program.getOptimizerState()).step).toBe(1);
  });

  test.each(Object.keys(calls))('%s after dispose is refused', async (name) => {
    await program.dispose();
    await expect(calls[name]?.(program)).rejects.toMatchObject({
      code: 'ERR_DISPOSED',
      place: `program.${name}`,
    });
  });
});

test('every method has its line above', () => {
  const prototype = addon.Program.prototype as object;
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  const methods = descriptors
    .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
    .map(([name]) => name);
  expect(new Set(methods)).toEqual(new Set([...Object.keys(calls), 'dispose']));
});
