import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadLayersModel, tensor, train } from 'node-cudnn';

import { bitsOf } from '../differences.js';
import { everyKind, imagesFor } from '../models.js';
import { attempt, expectCode, type Part, type Reporter } from '../part.js';

function rows(seed: number) {
  const { x, y } = imagesFor(32, seed);
  return { x: tensor(x, [32, 12, 12, 3]), y: tensor(y, [32]) };
}

async function resumed(report: Reporter): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'verify-')), 'model.safetensors');
  const whole = everyKind({ seed: 3, backend: 'cuda' }, train.adam(0.002));
  for (let step = 0; step < 10; step++) {
    if (step === 5) await whole.save(file);
    const { x, y } = rows(step);
    await whole.trainOnBatch(x, y);
  }
  const second = await loadLayersModel(file, { backend: 'cuda' });
  for (let step = 5; step < 10; step++) {
    const { x, y } = rows(step);
    await second.trainOnBatch(x, y);
  }
  const [expected, found] = [await bitsOf(whole), await bitsOf(second)];
  const name = 'a training that is resumed ends with the same bits';
  report.check(name, expected === found, `${found}, ${expected}`);
  await whole.dispose();
  await second.dispose();
}

async function outOfMemory(report: Reporter): Promise<void> {
  const made = everyKind({ seed: 3, backend: 'cuda', memoryLimit: 1 << 20 });
  const { x, y } = rows(0);
  await expectCode(report, 'memoryLimit', 'ERR_OUT_OF_MEMORY', () => made.trainOnBatch(x, y));
  await made.dispose();
}

async function together(report: Reporter): Promise<void> {
  const alone = everyKind({ seed: 3, backend: 'cuda' });
  const { x, y } = rows(0);
  for (let step = 0; step < 8; step++) await alone.trainOnBatch(x, y);
  const both = [3, 3].map((seed) => everyKind({ seed, backend: 'cuda' }));
  await Promise.all(
    both.map(async (made) => {
      for (let step = 0; step < 8; step++) await made.trainOnBatch(x, y);
    }),
  );
  const bits = await Promise.all([alone, ...both].map(bitsOf));
  report.check('two models at once, as one alone', new Set(bits).size === 1, bits.join(', '));
  const running = both.map((made) => made.trainOnBatch(x, y));
  await Promise.all(both.map((made) => made.dispose()));
  const ends = await Promise.allSettled(running);
  report.check('dispose() in a step', true, ends.map(({ status }) => status).join(', '));
  await alone.dispose();
}

async function autotuned(report: Reporter, planCache: string): Promise<void> {
  const losses: number[] = [];
  const { x, y } = rows(0);
  for (const options of [{}, { autotune: 4, planCache }, { autotune: 4, planCache }]) {
    const made = everyKind({ seed: 3, backend: 'cuda', ...options });
    for (let step = 0; step < 3; step++) await made.trainOnBatch(x, y);
    losses.push((await made.trainOnBatch(x, y)).loss);
    await made.dispose();
  }
  const [plain = NaN, tuned = NaN, again = NaN] = losses;
  report.check('autotuned plans train alike', Math.abs(tuned - plain) < 0.02, losses.join(', '));
  report.check('a second model takes the tuned plans', tuned === again, `${tuned}, ${again}`);
}

export const lifetimePart: Part = {
  name: 'lifetime',
  title: 'saving, limits, several models, tuned plans',
  seconds: 120,
  async run(report, { folder }) {
    await attempt(report, 'a training that is resumed', () => resumed(report));
    await attempt(report, 'memoryLimit', () => outOfMemory(report));
    await attempt(report, 'two models at once', () => together(report));
    await attempt(report, 'autotune', () => autotuned(report, join(folder, 'tuned')));
  },
};
