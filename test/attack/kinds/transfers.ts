import { createHash } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';
import { data, layers, sequential, Tensor, type Sequential } from 'node-cudnn';
import type { Kind } from '../kind.js';
import { Random } from '../random.js';
import { typedOr } from '../verdict.js';

/** Memory that its owner gives away or shrinks while a call reads it. */
type Disturb = (buffer: ArrayBuffer) => void;

const disturbances: Readonly<Record<string, Disturb>> = {
  none: () => undefined,
  clone: (buffer) => void structuredClone(buffer, { transfer: [buffer] }),
  post: (buffer) => {
    const { port1 } = new MessageChannel();
    port1.postMessage(buffer, [buffer]);
    port1.close();
  },
  shrink: (buffer) => {
    (buffer as ArrayBuffer & { resize(bytes: number): void }).resize(0);
  },
};

interface Memory {
  readonly values: Float32Array;
  readonly buffer: ArrayBuffer;
}

/** Values in memory of their own, which can be resized where it is to be shrunk. */
function memoryFor(random: Random, length: number, resizable: boolean): Memory {
  const bytes = length * 4;
  const Make = ArrayBuffer as new (bytes: number, options?: object) => ArrayBuffer;
  const buffer = resizable ? new Make(bytes, { maxByteLength: bytes }) : new ArrayBuffer(bytes);
  const values = new Float32Array(buffer);
  values.set(random.floats(length));
  return { values, buffer };
}

function network(): Sequential {
  const model = sequential({
    backend: 'cpu',
    seed: 1,
    layers: [layers.dense({ units: 512, inputShape: [256] }), layers.dense({ units: 4 })],
  });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

type Call = (model: Sequential, values: Float32Array) => Promise<unknown>;

const rows = 2048;
const y = new Float32Array(rows * 4).fill(0.5);

/** Calls that read the values while they run, each with how many it wants. */
const calls: Readonly<Record<string, { readonly length: number; readonly call: Call }>> = {
  predict: {
    length: rows * 256,
    call: (model, values) => model.predict(values, { batchSize: 2048 }),
  },
  fit: {
    length: rows * 256,
    call: async (model, values) =>
      (await model.fit(values, y, { batchSize: 1024, epochs: 2, verbose: 0 })).history,
  },
  trainOnBatch: { length: rows * 256, call: (model, values) => model.trainOnBatch(values, y) },
  evaluate: { length: rows * 256, call: (model, values) => model.evaluate(values, y) },
  setWeights: {
    length: 256 * 512,
    call: async (model, values) => {
      const [, ...rest] = await model.getWeights();
      await model.setWeights([new Tensor(values, [256, 512], 'float32'), ...rest]);
      return model.predict(y.slice(0, 256));
    },
  },
  resizeWithPad: {
    length: 8 * 300 * 300 * 3,
    call: (_, values) =>
      data.resizeWithPad(new Tensor(values, [8, 300, 300, 3], 'float32'), 500, 400),
  },
};

/** What a call gave, in short; undefined where it failed as it may. */
function textOf(result: unknown): string | undefined {
  if (!(result instanceof Tensor)) return JSON.stringify(result);
  return createHash('sha256').update(result.values).digest('hex');
}

async function outcome(
  seed: number,
  name: string,
  disturbance: string,
): Promise<string | undefined> {
  const random = new Random(seed);
  const { length, call } = calls[name] ?? { length: 0, call: () => Promise.resolve() };
  const { values, buffer } = memoryFor(random, length, disturbance === 'shrink');
  const later = random.int(0, 12);
  const model = network();
  await model.getWeights();
  const result = typedOr(() => call(model, values));
  for (let i = 0; i < later; i++) await new Promise((resolve) => setImmediate(resolve));
  disturbances[disturbance]?.(buffer);
  // What was freed is taken again, with other values.
  const taken = Array.from({ length: 8 }, () => new Float32Array(length).fill(1e30));
  const text = textOf(await result);
  await model.dispose();
  return taken.length > 0 ? text : undefined;
}

export const kind: Kind = {
  describe: 'memory transferred or resized while a call reads it',
  async run(seed) {
    const random = new Random(seed);
    const name = random.pick(Object.keys(calls));
    const shrinks = 'resize' in ArrayBuffer.prototype;
    const known = Object.keys(disturbances).filter((each) => shrinks || each !== 'shrink');
    const disturbance = random.pick(known);
    process.stderr.write(`${name}, ${disturbance}\n`);
    const wanted = await outcome(seed, name, 'none');
    const got = await outcome(seed, name, disturbance);
    if (got !== undefined && got !== wanted) {
      throw new Error(`${name} gave something else: ${got.slice(0, 200)}`);
    }
  },
};
