import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadLayersModel, readSafetensors, writeSafetensors, type Tensor } from 'node-cudnn';
import type { Kind } from '../kind.js';
import { pause, runProgram } from '../program.js';
import { samplesFor, statefulNetwork } from '../programs/network.js';
import { Random } from '../random.js';

/** Runs a program and kills it some milliseconds after it has written `text`; gives what it wrote. */
async function killed(
  name: string,
  args: readonly (string | number)[],
  text: string,
  milliseconds: number,
): Promise<string> {
  let met = false;
  const end = await runProgram(name, args, {
    follow: (child, out) => {
      if (met || !out.includes(text)) return;
      met = true;
      void pause(milliseconds).then(() => child.kill('SIGKILL'));
    },
  });
  if (end.signal === 'SIGKILL' || end.code === 0) return end.out;
  throw new Error(`${name} ended by itself, ${end.signal ?? String(end.code)}: ${end.err}`);
}

function lastNumber(out: string, before: string): number {
  const numbers = [...out.matchAll(new RegExp(`^${before}(\\d+)$`, 'gm'))];
  return Number(numbers.at(-1)?.[1] ?? 0);
}

/** Fails unless another save in the folder of `file` removes what the killed one left. */
async function requireNoLeftovers(file: string): Promise<void> {
  const other = `${file}.other`;
  await writeSafetensors(other, new Map());
  const left = readdirSync(dirname(file)).filter((name) => name.endsWith('.tmp'));
  if (left.length > 0) throw new Error(`temporary files stay: ${left.join(', ')}`);
  rmSync(other);
}

async function killSaving(random: Random, file: string): Promise<void> {
  const length = random.pick([1000, 300_000, 3_000_000]);
  const first = random.int(1, 3);
  const out = await killed('saves', [file, length, 1e6], `saving ${first}\n`, random.real(0, 60));
  await requireNoLeftovers(file);
  const begun = lastNumber(out, 'saving ');
  const ended = lastNumber(out, 'saved ');
  if (ended === 0 && begun <= 1) return; // There may be no file yet.
  const values = (await readSafetensors(file)).tensors.get('w')?.values ?? [];
  const [one = NaN] = values;
  const whole = values.length === length && values.every((value: number) => value === one);
  if (!whole || one < ended || one > begun) {
    throw new Error(
      `the file holds ${values.length} times ${one}, saved were ${ended} to ${begun}`,
    );
  }
}

async function trained(seed: number, epochs: number): Promise<Tensor[]> {
  const model = statefulNetwork(seed);
  const { x, y } = samplesFor(seed);
  await model.fit(x, y, { verbose: 0, batchSize: 8, epochs });
  const weights = await model.getWeights();
  await model.dispose();
  return weights;
}

/** Kills a training run, goes on from its last checkpoint, and compares with an undisturbed run. */
async function killTraining(random: Random, seed: number, file: string): Promise<void> {
  const epochs = 8;
  const out = await killed('checkpoints', [seed, file, 0, 1e6], '1\n', random.real(0, 200));
  const done = lastNumber(out, '');
  // The checkpoint of the epoch after may be there, too.
  const possible = [await trained(seed, done), await trained(seed, done + 1)];
  const model = await loadLayersModel(file);
  const weights = await model.getWeights();
  await model.dispose();
  const bits = (list: readonly Tensor[]): string => list.map(({ values }) => String(values)).join();
  const epoch = done + possible.findIndex((each) => bits(each) === bits(weights));
  if (epoch < done) throw new Error(`the checkpoint is neither of epoch ${done} nor the next`);
  const end = await runProgram('checkpoints', [seed, file, epoch, epoch + epochs]);
  if (end.code !== 0) throw new Error(`it did not resume: ${end.err}`);
  const resumed = await loadLayersModel(file);
  const same = bits(await resumed.getWeights()) === bits(await trained(seed, epoch + epochs));
  await resumed.dispose();
  if (!same) throw new Error(`resumed from epoch ${epoch}, it ended with other weights`);
}

export const kind: Kind = {
  describe: 'kills while files are saved, and resumed training',
  batch: 4,
  seconds: 120,
  async run(seed, { folder }) {
    const random = new Random(seed);
    if (random.chance(0.5)) await killSaving(random, join(folder, 'saved.safetensors'));
    else await killTraining(random, seed, join(folder, 'checkpoint.safetensors'));
  },
};
