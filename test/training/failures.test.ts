import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { layers, loadLayersModel, sequential, type Sequential } from '../../lib/index.js';
import { childFile, startChild } from './child.js';
import { smallNetwork, stripes, weightBits } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'failures-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const { x, y } = stripes(64);
const quiet = { verbose: 0, batchSize: 16, shuffle: false } as const;

/** The weights after so many whole steps of the first epoch. */
async function weightsAfter(steps: number): Promise<Uint32Array[]> {
  const model = smallNetwork();
  await model.fit(x, y, { ...quiet, stepsPerEpoch: steps });
  const bits = await weightBits(model);
  await model.dispose();
  return bits;
}

async function expectWeights(model: Sequential, steps: number): Promise<void> {
  expect(await weightBits(model)).toEqual(await weightsAfter(steps));
}

describe('a fit that ends early leaves the weights of its last whole step', () => {
  it('when it is aborted', async () => {
    const model = smallNetwork();
    const controller = new AbortController();
    const abort = () => {
      controller.abort();
    };
    const onBatchBegin = (batch: number) => {
      // While the step is on its way: what came by the event loop could find other steps done.
      if (batch === 2) queueMicrotask(abort);
    };
    const { signal } = controller;
    const fit = model.fit(x, y, { ...quiet, epochs: 9, signal, callbacks: { onBatchBegin } });
    const error = await fit.then(
      () => undefined,
      (reason: unknown) => reason as { code: string; details: { epoch: number; step: number } },
    );
    expect(error).toMatchObject({ code: 'ERR_ABORTED', details: { epoch: 0, history: {} } });
    const steps = error?.details.step ?? 0;
    expect(steps).toBeGreaterThanOrEqual(2);
    expect(steps).toBeLessThanOrEqual(3);
    await expectWeights(model, steps);
    await model.dispose();
  });

  it.each([NaN, Infinity])('when x has %p, naming the row', async (value) => {
    const model = smallNetwork();
    const bad = x.slice();
    bad[36 * 37 + 5] = value;
    const fit = model.fit(bad, y, quiet);
    await expect(fit).rejects.toMatchObject({ code: 'ERR_DATA' });
    await expect(fit).rejects.toThrow(/row 37/);
    await expectWeights(model, 2);
    await model.dispose();
  });

  it('when the loss is not finite', async () => {
    const model = smallNetwork();
    const bad = x.slice();
    bad.fill(3e38, 36 * 16, 36 * 17);
    const fit = model.fit(bad, y, quiet);
    await expect(fit).rejects.toMatchObject({ code: 'ERR_NOT_FINITE' });
    await expectWeights(model, 1);
    // And the model goes on with better data.
    await model.fit(x, y, quiet);
    await model.dispose();
  });

  it('when a callback throws', async () => {
    const model = smallNetwork();
    const onBatchEnd = (batch: number) => {
      if (batch === 1) throw new Error('enough');
    };
    await expect(model.fit(x, y, { ...quiet, callbacks: { onBatchEnd } })).rejects.toThrow(
      'enough',
    );
    await expectWeights(model, 2);
    await model.dispose();
  });
});

describe('a fit does not start', () => {
  it.each<[string, ArrayLike<number>, unknown, string, RegExp]>([
    ['x of another shape', new Float32Array(35), y, 'ERR_SHAPE', /^x: 35 values/],
    ['no data', new Float32Array(0), y, 'ERR_DATA', /^x: has no samples/],
    ['y that is shorter', x, y.subarray(1), 'ERR_DATA', /^y: has 63 rows, but x has 64/],
    ['a class out of range', x, y.map((label) => label + 1), 'ERR_DATA', /label 3 is not within/],
    ['text for y', x, 'labels', 'ERR_DATA', /^y: expected a tensor/],
  ])('with %s', async (_what, rows, labels, code, message) => {
    const model = smallNetwork();
    const before = await weightBits(model);
    const fit = model.fit(rows as Float32Array, labels as Int32Array, { verbose: 0 });
    await expect(fit).rejects.toMatchObject({ code });
    await expect(fit).rejects.toThrow(message);
    expect(await weightBits(model)).toEqual(before);
    await model.dispose();
  });
});

it('dispose during fit ends it', async () => {
  const model = smallNetwork();
  let disposed: Promise<void> | undefined;
  const onBatchEnd = (batch: number) => {
    if (batch === 1) disposed = model.dispose();
  };
  const fit = model.fit(x, y, { ...quiet, epochs: 1000, callbacks: { onBatchEnd } });
  await expect(fit).rejects.toMatchObject({
    code: 'ERR_DISPOSED',
    message: `model '${model.name}': it was disposed during fit(); await that before dispose()`,
  });
  await disposed;
  await expect(model.fit(x, y, quiet)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
});

it('Ctrl-C stops training, and what was learned is saved', async () => {
  const path = join(folder, 'interrupted.safetensors');
  const child = startChild(process.execPath, [childFile('interrupted'), path]);
  await child.printed('training');
  child.process.kill('SIGINT');
  expect(await child.ended).toBe(0);
  const lines = child.output().trim().split('\n');
  expect(new Set(lines)).toEqual(new Set(['training', 'ERR_ABORTED', 'left 0']));
  const model = await loadLayersModel(path);
  expect(model.weights).toHaveLength(2);
  await model.dispose();
});

it('a second Ctrl-C ends the process', async () => {
  const child = startChild(process.execPath, [childFile('interruptedTwice')]);
  await child.printed('ready');
  child.process.kill('SIGINT');
  await child.printed('aborted');
  child.process.kill('SIGINT');
  expect(await child.ended).toBe(130);
});

it('a target that is no number is named as the argument that holds it', async () => {
  const net = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  net.compile({ optimizer: 'sgd', loss: 'mse' });
  for (const call of [
    () => net.fit([1, 2], [1, NaN], quiet),
    () => net.evaluate([1, 2], [1, NaN]),
  ]) {
    await expect(call()).rejects.toMatchObject({
      code: 'ERR_DATA',
      message: 'y: row 1, element 0 is nan; expected a finite number',
    });
  }
  await net.dispose();
});
