import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../kind.js';
import { Random } from '../random.js';
import { rightCalls, type RightCalls } from '../seam/rightModel.js';
import { spoil, wrongValue } from '../seam/wrong.js';

type Program = Record<string, (...values: readonly unknown[]) => Promise<unknown>>;

interface Addon {
  readonly Program: new (model: unknown) => Program;
  resizeWithPad(...values: readonly unknown[]): Promise<unknown>;
  shuffle(...values: readonly unknown[]): void;
}

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const file = join(root, 'build', process.env.NODE_CUDNN_BUILD ?? 'Release', 'node_cudnn.node');
const addon = createRequire(import.meta.url)(file) as Addon;

const codes: readonly unknown[] = [
  'ERR_SHAPE',
  'ERR_DATA',
  'ERR_OPTION',
  'ERR_BACKEND',
  'ERR_OUT_OF_MEMORY',
  'ERR_FORMAT',
  'ERR_DISPOSED',
  'ERR_NOT_FINITE',
  'ERR_UNSUPPORTED',
];

/** The result, or undefined where the call is refused; native code says the codes of its errors. */
async function typedOr<T>(what: string, action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    const { code, message = '' } = Object(error) as { code?: unknown; message?: string };
    if (codes.includes(code) && message.length <= 2000) return undefined;
    throw new Error(`${what}: ${String(code)}: ${message.slice(0, 500)}`, { cause: error });
  }
}

let limited = false;

/** Once for this process: sizes that are right but huge are refused. */
function limitAddressSpace(): void {
  if (limited) return;
  limited = true;
  const kibibytes = /^VmSize:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const limit = Number(kibibytes) * 1024 + 2 ** 30;
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${limit}`]);
}

/** What each method of a program is called with: right in most places. */
function argumentsFor(
  random: Random,
  { training, batch }: RightCalls,
): Readonly<Record<string, readonly unknown[]>> {
  const orWrong = (right: unknown): unknown => (random.chance(0.15) ? wrongValue(random) : right);
  const spoiled = (): unknown => {
    const given = { ...batch };
    if (random.chance(0.4)) spoil(random, given, random.int(1, 2));
    return orWrong(given);
  };
  const mode = orWrong(random.pick(['train', 'evaluate', 'predict']));
  return {
    configureTraining: [orWrong(training)],
    initialize: [],
    train: [spoiled(), orWrong(0.01)],
    evaluate: [spoiled()],
    predict: [spoiled()],
    gradients: [spoiled()],
    results: [orWrong(true)],
    getWeights: [],
    setWeights: [orWrong([wrongValue(random), wrongValue(random)])],
    getOptimizerState: [],
    setOptimizerState: [
      orWrong({ names: orWrong(['weight0/m']), values: [wrongValue(random)], step: 1 }),
    ],
    explain: [mode, orWrong(random.int(1, 9))],
    plan: [mode, orWrong(random.int(1, 9))],
    profile: [spoiled(), orWrong(1)],
  };
}

async function callSome(random: Random, program: Program, right: RightCalls): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  for (let i = random.int(1, 12); i > 0; i--) {
    const given = argumentsFor(random, right);
    const method = random.pick(Object.keys(given));
    const result = typedOr(method, () => program[method]?.(...(given[method] ?? [])));
    if (random.chance(0.7)) await result;
    else waiting.push(result);
  }
  await Promise.all(waiting);
}

async function resize(random: Random): Promise<void> {
  const shape = [random.int(1, 3), random.int(1, 9), random.int(1, 9), random.int(1, 4)];
  const pixels = new Uint8Array(shape.reduce((a, b) => a * b, 1));
  const given: unknown[] = [pixels, shape, random.int(1, 20), random.int(1, 20), 1];
  spoil(random, given, random.int(0, 2));
  await typedOr('resizeWithPad', () => addon.resizeWithPad(...given));
}

async function shuffle(random: Random): Promise<void> {
  const given: unknown[] = [new Int32Array(random.int(0, 99)), random.int(0, 2 ** 53 - 1), 3];
  spoil(random, given, random.int(0, 2));
  await typedOr('shuffle', () => {
    addon.shuffle(...given);
  });
}

export const kind: Kind = {
  describe: 'calls of native code with wrong models, training and batches',
  batch: 50,
  async run(seed) {
    const random = new Random(seed);
    limitAddressSpace();
    if (random.chance(0.1)) {
      await resize(random);
      await shuffle(random);
    }
    const right = rightCalls(random);
    const isRight = random.chance(0.3);
    if (!isRight) spoil(random, right.model, random.int(1, 3));
    if (random.chance(0.3)) spoil(random, right.training, random.int(1, 2));
    const program = await typedOr('new Program', () => new addon.Program(right.model));
    if (program === undefined) {
      if (isRight) throw new Error(`a right model is refused: ${JSON.stringify(right.model)}`);
      return;
    }
    if (random.chance(0.8)) {
      await typedOr('configureTraining', () => program.configureTraining?.(right.training));
      await typedOr('initialize', () => program.initialize?.());
    }
    await callSome(random, program, right);
    await program.dispose?.();
  },
};
