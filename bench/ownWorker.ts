/**
 * node-cudnn as a worker of `npm run bench -- --networks` and `--predict`: bench/peers/turns.py says
 * how it is asked. A line 'primitives 32' asks for the sum of a step's bare primitives.
 */
import { createInterface } from 'node:readline';
import { tensor, type LayersModel } from 'node-cudnn';
import { compiled, labels, noise, type BenchNetwork } from './networks/benchNetwork.js';
import { networksOf } from './networks.js';
import { median, timed } from './statistics.js';
import type { Task } from './task.js';
import type { WorkerLine } from './worker.js';

/** What is repeated for a batch size. */
interface Repeated {
  readonly step: () => Promise<unknown>;
  readonly primitives: () => Promise<number>;
}

async function training(
  model: LayersModel,
  network: BenchNetwork,
  size: number,
): Promise<Repeated> {
  const program = await model.program();
  const batch = { size, inputs: [noise(network, size)], targets: [labels(network, size)] };
  const rate = model.optimizer.learningRate;
  return {
    step: () => program.train(batch, rate),
    primitives: async () => {
      const commands = await program.profile(batch, 3);
      const bare = commands.filter(({ work }) => work === 'primitive');
      return bare.reduce((sum, { bareMilliseconds }) => sum + bareMilliseconds, 0);
    },
  };
}

function prediction(model: LayersModel, network: BenchNetwork, size: number): Repeated {
  const x = tensor(noise(network, size), [size, ...network.inputShape]);
  return {
    step: () => model.predict(x),
    primitives: () => Promise.reject(new Error('a prediction is not compared with its primitives')),
  };
}

/** As turn() of bench/peers/turns.py. */
async function turn(repeated: Repeated, least: number): Promise<number> {
  const step = () => repeated.step();
  await timed(step, 1, 0);
  const times: number[] = [];
  const begun = performance.now();
  while (times.length < 2 || (performance.now() - begun < least && times.length < 1000)) {
    times.push(...(await timed(step, 1, 0)));
  }
  return median(times);
}

function say(line: WorkerLine): void {
  console.log(JSON.stringify(line));
}

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const [network] = networksOf([task.network]);
if (network === undefined) throw new RangeError('the task names no network');
const model = compiled(network);
const repeated = new Map<number, Repeated>();
for (const batch of task.batches) {
  const made =
    task.mode === 'train'
      ? await training(model, network, batch)
      : prediction(model, network, batch);
  await timed(made.step, 0);
  repeated.set(batch, made);
}
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const [word, batch] = line.split(' ');
  const asked = repeated.get(Number(batch));
  if (asked === undefined) throw new RangeError(`no batch ${String(batch)}`);
  if (word === 'run') say({ milliseconds: await turn(asked, task.leastMilliseconds) });
  else say({ primitivesMilliseconds: await asked.primitives() });
}
await model.dispose();
