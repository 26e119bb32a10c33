import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Precision } from 'node-cudnn';

import { libraryPath } from '../doctor.js';
import type { Part, PartOptions, Reporter } from '../part.js';

/** Where scripts/native-tests.sh builds the programs, and scripts/device-bundle.sh packs them. */
const programs = fileURLToPath(
  new URL('../../../build/tests-Release/native/test/device', import.meta.url),
);

/** Tests that hold for backends on the host alone, and why. */
const notOnDevices: Readonly<Record<string, string>> = {
  '*HostData*': 'they feed arrays in host memory, and read it',
  '*NotFinite*': 'they feed NaN, which rows on their way to a device must not hold',
  '*OneBadElement*': 'as before',
  '*Overflow*': 'the error comes with the step that is observed next',
  '*AnEvaluationInTheMiddle*': 'results that are not waited for come later',
  '*ComeAndGo*': 'it measures memory of the host, of which the driver keeps some',
  '*ModelsThatAreRefused*': 'as before',
  '*ProgramPlans*': 'they make a hundred plans, minutes long',
};

interface Outcome {
  readonly passed: number;
  readonly failed: readonly string[];
  /** Of shards that did not come to their end: the test that they were at. */
  readonly unfinished: readonly string[];
}

async function shard(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const child = spawn(join(programs, 'node_cudnn_device_tests'), args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let running = '';
  let passed = 0;
  const failed: string[] = [];
  const started = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('spawn', () => {
      resolve('');
    });
  });
  const problem = await started;
  if (problem !== '') return { passed: 0, failed: [], unfinished: [problem] };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, word, name] = /^\[ *(RUN|OK|FAILED) *\] ([^ ,]+)/.exec(line) ?? [];
    if (word === 'RUN') running = name ?? '';
    if (running === '' || word === 'RUN' || word === undefined) continue;
    if (word === 'OK') passed++;
    else failed.push(running);
    running = '';
  }
  return { passed, failed, unfinished: running === '' ? [] : [running] };
}

async function conformance(
  report: Reporter,
  precision: Precision,
  filter: string,
  folder: string,
): Promise<void> {
  const shards = Math.max(1, Math.min(12, availableParallelism() - 2));
  const LD_LIBRARY_PATH = libraryPath();
  const outcomes = await Promise.all(
    Array.from({ length: shards }, (_, index) =>
      shard([`--gtest_filter=${filter}`], {
        LD_LIBRARY_PATH,
        OMP_NUM_THREADS: '1',
        GTEST_TOTAL_SHARDS: String(shards),
        GTEST_SHARD_INDEX: String(index),
        NODE_CUDNN_TEST_PRECISION: precision,
        NODE_CUDNN_TEST_PLAN_CACHE: join(folder, 'plans'),
      }),
    ),
  );
  const passed = outcomes.reduce((sum, each) => sum + each.passed, 0);
  const failed = outcomes.flatMap((each) => each.failed);
  const unfinished = outcomes.flatMap((each) => each.unfinished);
  const ok = passed > 0 && failed.length === 0 && unfinished.length === 0;
  report.check(`native tests in ${precision}`, ok, `${passed} passed, ${failed.length} failed`);
  const wrong = [...failed, ...unfinished.map((name) => `${name} (did not end)`)];
  if (wrong.length > 0) report.text('wrong', wrong.join('\n'));
}

async function run(report: Reporter, { precisions, small, folder }: PartOptions): Promise<void> {
  const left = Object.keys(notOnDevices).join(':');
  for (const precision of precisions) {
    // Whole programs are compared with float32 alone: rounding grows over their steps.
    const all = precision === 'float32' && !small ? '*cuda*' : 'Ops/Conformance*cuda*';
    await conformance(report, precision, `${all}-${left}`, folder);
  }
}

export const nativePart: Part = {
  name: 'native',
  title: 'every op and program against the reference',
  seconds: 240,
  run,
};
