/** Programs over the weights of one store. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { nativeAddon } from '../../lib/native/addon.js';
import type { ModelSpec, NativeProgram, NativeStore } from '../../lib/native/program.js';
import { addonFile } from './addonFile.js';
import { batchOf, tinyModel, tinyRowElements, training } from './models.js';
import { runChild } from './runChild.js';

const addon = nativeAddon();
const batch = batchOf(8, tinyRowElements);
const ids = [10, 11, 12, 13];

function shared(backend: string, seed = 7): ModelSpec {
  const spec = tinyModel(backend);
  return { ...spec, seed, weights: spec.weights.map((weight, i) => ({ ...weight, id: 10 + i })) };
}

describe.each(addon.backendNames())('a store on %s', (backend) => {
  let store: NativeStore;
  const programs: NativeProgram[] = [];

  async function make(spec = shared(backend), at: NativeStore | undefined = store) {
    const program = new addon.Program(spec, at);
    programs.push(program);
    await program.configureTraining(training);
    await program.initialize();
    return program;
  }

  beforeEach(() => {
    store = new addon.Store(backend);
  });

  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.dispose()));
    expect(addon.liveHandles()).toBe(0);
  });

  test('gives its programs the same weights', async () => {
    const first = await make();
    const initial = await first.getWeights();
    const second = await make(shared(backend, 99));
    expect(await second.getWeights()).toEqual(initial);
    await first.train(batch, 0.1);
    const trained = await second.getWeights();
    expect(trained).not.toEqual(initial);
    expect(trained).toEqual(await first.getWeights());
    await second.setWeights(initial);
    expect(await first.getWeights()).toEqual(initial);
    expect(await first.predict(batch)).toEqual(await second.predict(batch));
    // The optimizer's state is each program's own.
    expect((await first.getOptimizerState()).step).toBe(1);
    expect((await second.getOptimizerState()).step).toBe(0);
  });

  test('leaves weights without an id to each program', async () => {
    const first = await make(tinyModel(backend));
    const second = await make(tinyModel(backend));
    const initial = await second.getWeights();
    await first.train(batch, 0.1);
    expect(await second.getWeights()).toEqual(initial);
    expect(await store.read(ids)).toEqual([null, null, null, null]);
  });

  test('runs the calls on all programs in the order they were made', async () => {
    const first = await make();
    const second = await make();
    const order: string[] = [];
    const calls: [string, () => Promise<unknown>][] = [
      ['train', () => first.train(batch, 0.1)],
      ['predict', () => second.predict(batch)],
      ['read', () => store.read(ids)],
      ['train again', () => second.train(batch, 0.1)],
      ['results', () => first.results(true)],
    ];
    await Promise.all(
      calls.map(async ([name, call]) => {
        await call();
        order.push(name);
      }),
    );
    expect(order).toEqual(calls.map(([name]) => name));
  });

  test('reads and writes weights by their ids', async () => {
    const program = await make();
    await program.train(batch, 0.1);
    const weights = await program.getWeights();
    expect(await store.read([13, 99, 10])).toEqual([weights[3], null, weights[0]]);
    const values = new Float32Array(4).fill(0.5);
    await store.write([{ id: 13, name: 'bias', shape: [4], values }]);
    expect((await program.getWeights())[3]).toEqual(values);
    await program.train(batch, 0.1);
    expect(await program.results(true)).toMatchObject([{ count: 16 }, { count: 16 }]);
  });

  test('gives a program the values that were written before it came', async () => {
    const values = Float32Array.from({ length: 54 }, (_, i) => i / 54);
    await store.write([{ id: 10, name: 'kernel', shape: [3, 3, 2, 3], values }]);
    const program = await make();
    const [kernel, , dense] = await program.getWeights();
    expect(kernel).toEqual(values);
    const alone = await make(tinyModel(backend), undefined);
    expect(dense).toEqual((await alone.getWeights())[2]);
  });

  test('released weights stay with the programs that use them, and go with the last', async () => {
    const program = await make();
    const weights = await program.getWeights();
    store.release(ids);
    expect(await store.read(ids)).toEqual([null, null, null, null]);
    await program.train(batch, 0);
    expect(await program.getWeights()).toEqual(weights);
    await program.dispose();
    expect(store.bytes).toBe(0);
  });

  test('keeps weights when no program is left, and lets go of the activations', async () => {
    const program = await make();
    await program.train(batch, 0.1);
    const weights = await program.getWeights();
    const { bytes } = store;
    await program.dispose();
    expect(store.bytes).toBeLessThan(bytes);
    expect(store.bytes).toBeGreaterThanOrEqual(4 * (54 + 3 + 144 + 4));
    expect(await store.read(ids)).toEqual(weights);
    const next = await make(shared(backend, 5));
    expect(await next.getWeights()).toEqual(weights);
    store.release(ids);
    await next.dispose();
    expect(store.bytes).toBe(0);
  });

  test('a program may go while another trains', async () => {
    const first = await make();
    const second = await make();
    const calm = await make(shared(backend), new addon.Store(backend));
    for (let i = 0; i < 6; i += 1) await calm.train(batch, 0.1);
    const steps = [0, 1, 2].map(() => first.train(batch, 0.1));
    const gone = second.dispose();
    steps.push(...[0, 1, 2].map(() => first.train(batch, 0.1)));
    await Promise.all([gone, ...steps]);
    expect(await first.getWeights()).toEqual(await calm.getWeights());
    await expect(second.predict(batch)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
  });

  test('tells bytes: once for the store, and what each program has of its own', async () => {
    const first = await make();
    const second = await make();
    await first.train(batch, 0.1);
    await second.train(batch, 0.1);
    await Promise.all([first.results(false), second.results(false)]);
    const own = first.bytes - store.bytes;
    expect(own).toBeGreaterThanOrEqual(4 * (54 + 3 + 144 + 4));
    expect(second.bytes).toBe(first.bytes);
  });

  test('refuses what does not fit it', async () => {
    await make();
    const wider = shared(backend);
    const weights = wider.weights.map((weight, i) => (i === 3 ? { ...weight, id: 12 } : weight));
    const other = { ...wider, backend: backend === 'cpu' ? 'reference' : 'cpu' };
    const refused: [unknown, unknown, { code: string; message: RegExp }][] = [
      [wider, {}, { code: 'ERR_OPTION', message: /store: expected a Store, got an object/ }],
      [wider, 1, { code: 'ERR_OPTION', message: /expected a Store, got 1/ }],
      [wider, Object.create(store), { code: 'ERR_OPTION', message: /expected a Store/ }],
      [wider, new Proxy(store, {}), { code: 'ERR_OPTION', message: /expected a Store/ }],
      [other, store, { code: 'ERR_OPTION', message: /on the backend '.*', not on/ }],
      [{ ...wider, weights }, store, { code: 'ERR_OPTION', message: /has the id 12 of another/ }],
      [
        { ...wider, weights: wider.weights.map((weight) => ({ ...weight, id: -1 })) },
        store,
        { code: 'ERR_OPTION', message: /spec\.weights\[0\]\.id: expected a whole number from 0/ },
      ],
      [
        { ...wider, weights: wider.weights.map((weight) => ({ ...weight, id: 2 ** 53 })) },
        store,
        { code: 'ERR_OPTION', message: /expected a whole number/ },
      ],
    ];
    for (const [spec, at, error] of refused) {
      let caught: unknown;
      try {
        programs.push(new addon.Program(spec as ModelSpec, at as NativeStore));
      } catch (thrown) {
        caught = thrown;
      }
      expect(caught).toMatchObject({ code: error.code });
      expect((caught as Error).message).toMatch(error.message);
    }
    expect(addon.liveHandles()).toBe(1);
  });

  test('refuses wrong arguments, with its weights as they were', async () => {
    const program = await make();
    const weights = await program.getWeights();
    const values = new Float32Array(3);
    const write = (weight: object) => store.write([weight as never]);
    const wrong: [() => Promise<unknown>, string][] = [
      [() => store.read('x' as never), 'ERR_OPTION'],
      [() => store.read([-1]), 'ERR_OPTION'],
      [() => store.read([0.5]), 'ERR_OPTION'],
      [() => write({ id: 11, name: 'bias', shape: [4], values }), 'ERR_SHAPE'],
      [() => write({ id: 13, name: 'bias', shape: [3], values }), 'ERR_SHAPE'],
      [() => write({ id: 13, name: 'bias', shape: [4], values: [1, 2, 3, 4] }), 'ERR_DATA'],
      [() => write({ id: 13, name: 7, shape: [3], values }), 'ERR_OPTION'],
      [() => write({ id: 99, name: 'x', shape: Array(13).fill(1), values }), 'ERR_OPTION'],
      [() => store.write(undefined as never), 'ERR_OPTION'],
    ];
    for (const [call, code] of wrong) await expect(call()).rejects.toMatchObject({ code });
    expect(() => {
      store.release([NaN]);
    }).toThrow(/ids\[0\]: expected a whole number/);
    expect(() => new addon.Store('nope')).toThrow(/nope/);
    expect(() => new addon.Store(backend, { depth: 1 })).toThrow();
    expect(await program.getWeights()).toEqual(weights);
  });

  test.each(['forget', 'forgetStores', 'release'])(
    'resident memory stays flat over programs: %s',
    async (subject) => {
      const { out, err, code } = await runChild('stores', {
        model: shared(backend),
        rows: 8,
        rowElements: tinyRowElements,
        parameters: [subject],
      });
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const { live, right, grown } = JSON.parse(out) as Record<string, number>;
      expect({ live, right }).toEqual({ live: 1, right: true });
      expect(grown).toBeLessThan(24);
    },
    120_000,
  );

  test.each(['exit', 'idle'])('its process ends: %s', async (subject) => {
    const end = await runChild('stores', {
      model: shared(backend),
      rows: 8,
      rowElements: tinyRowElements,
      parameters: [subject],
    });
    expect(end).toMatchObject({ code: 0, signal: null, err: '' });
  });

  test('works in a worker thread, which may be ended at any time', async () => {
    const worker = new Worker(join(__dirname, 'children', 'stores.cjs'), {
      workerData: { addonFile, model: shared(backend), training, batch },
    });
    const message = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect(message).toEqual({ equal: true, live: 2 });
  });
});
