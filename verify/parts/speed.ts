import { join } from 'node:path';

import { tensor, type LayersModel, type Precision } from 'node-cudnn';

import { networks } from '../../plans/networks.js';
import { attempt, type Part, type PartOptions, type Reporter } from '../part.js';

/** Noise in bytes, of the model's first input. */
function imagesOf(made: LayersModel, count: number): { values: Uint8Array; shape: number[] } {
  const shape = [count, ...(made.inputs[0]?.shape ?? []).slice(1).map((axis) => axis ?? 1)];
  const values = new Uint8Array(shape.reduce((product, axis) => product * axis));
  for (let i = 0; i < values.length; i++) values[i] = (i * 2654435761) >>> 24;
  return { values, shape };
}

/** Two classes in turn, one-hot where the network has but two. */
function labelsOf(made: LayersModel, count: number) {
  const classes = Array.from({ length: count }, (_, i) => i % 2);
  if (made.outputs[0]?.shape.at(-1) !== 2) return tensor(Int32Array.from(classes), [count]);
  return tensor(Float32Array.from(classes.flatMap((one) => [1 - one, one])), [count, 2]);
}

interface Case {
  readonly network: string;
  readonly precision: Precision;
  readonly batch: number;
}

function makeNetwork({ network, precision }: Case, options: PartOptions): LayersModel {
  const found = networks.find(({ name }) => name === network);
  if (found === undefined) throw new Error(`there is no network '${network}'`);
  const { autotune, folder } = options;
  const planCache = join(folder, 'plans');
  return found.make({ backend: 'cuda', seed: 1, precision, autotune, planCache });
}

function nameOf({ network, precision, batch }: Case): string {
  return `${network}, ${precision}, batch ${batch}`;
}

/** Images a second of fit() over bytes in memory: of the best of its later epochs. */
async function throughput(report: Reporter, chosen: Case, options: PartOptions): Promise<void> {
  const { batch } = chosen;
  const made = makeNetwork(chosen, options);
  try {
    const count = (options.small ? 4 : 12) * batch;
    const { values, shape } = imagesOf(made, count);
    const ends: number[] = [];
    const started = performance.now();
    await made.fit(tensor(values, shape), labelsOf(made, count), {
      epochs: options.small ? 2 : 5,
      batchSize: batch,
      verbose: 0,
      shuffle: false,
      callbacks: { onEpochEnd: () => void ends.push(performance.now()) },
    });
    const best = Math.min(...ends.slice(1).map((end, i) => end - (ends[i] ?? 0)));
    report.figure(nameOf(chosen), (1000 * count) / best, 'images/s');
    report.figure(`${nameOf(chosen)}: a step`, (best * batch) / count, 'ms');
    report.figure(`${nameOf(chosen)}: first epoch`, (ends[0] ?? NaN) - started, 'ms');
  } finally {
    await made.dispose();
  }
}

/** Where a step's time goes: each command alone, waited for. */
async function commands(report: Reporter, chosen: Case, options: PartOptions): Promise<void> {
  const made = makeNetwork(chosen, options);
  try {
    const program = await made.program();
    const { batch } = chosen;
    const inputs = [Float32Array.from(imagesOf(made, batch).values, (byte) => byte / 255)];
    const targets = [labelsOf(made, batch).values];
    const profile = await program.profile({ size: batch, inputs, targets }, 5);
    const lines = [...profile]
      .sort((a, b) => b.bareMilliseconds - a.bareMilliseconds)
      .map(
        ({ name, bareMilliseconds, detail }) =>
          `${bareMilliseconds.toFixed(4)}  ${name}  ${detail.slice(0, 90)}`,
      );
    report.text(`${nameOf(chosen)}: commands, ms`, lines.join('\n'));
  } finally {
    await made.dispose();
  }
}

async function run(report: Reporter, options: PartOptions): Promise<void> {
  for (const precision of options.precisions.filter((each) => each !== 'float32')) {
    for (const network of options.networks) {
      for (const batch of options.batchSizes) {
        const chosen = { network, precision, batch };
        await attempt(report, nameOf(chosen), async () => {
          await throughput(report, chosen, options);
          if (network === 'S1') await commands(report, chosen, options);
        });
      }
    }
  }
}

export const speedPart: Part = {
  name: 'speed',
  title: 'images a second, and where the time goes',
  seconds: 400,
  run,
};
