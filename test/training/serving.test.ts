/** The example server: predictions over HTTP, gathered into batches, while the model trains. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { servePredictions, type PredictionServer } from '../../examples/predictionServer.js';
import { servedNetwork } from '../../examples/servedNetwork.js';

const count = 256;
const classNames = ['left', 'right'];
const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
const images = Uint8Array.from({ length: count * 784 }, (_, i) => {
  const isRight = i % 28 >= 14;
  return isRight === (Math.floor(i / 784) % 2 === 1) ? 200 + ((7 * i) % 50) : (3 * i) % 40;
});
const imageOf = (i: number) => images.subarray(i * 784, (i + 1) * 784);

const model = servedNetwork(classNames.length);
let server: PredictionServer;
beforeAll(async () => {
  server = await servePredictions(model, { imageBytes: 784, classNames });
});
afterAll(async () => {
  await server.close();
  await model.dispose();
});

interface Answer {
  readonly status: number;
  readonly milliseconds: number;
  readonly body: { label?: number; probabilities?: number[]; error?: string };
}

async function post(body: Uint8Array, path = '/predict'): Promise<Answer> {
  const asked = performance.now();
  const url = `http://127.0.0.1:${String(server.port)}${path}`;
  const response = await fetch(url, { method: 'POST', body: Uint8Array.from(body) });
  const answer = (await response.json()) as Answer['body'];
  return { status: response.status, milliseconds: performance.now() - asked, body: answer };
}

function percentile(answers: readonly Answer[], share: number): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
}

async function fire(what: string): Promise<Answer[]> {
  const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => post(imageOf(i))));
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(answers, share).toFixed(1));
  process.stdout.write(`64 requests at once, ${what}: p50 ${p50 ?? ''} ms, p99 ${p99 ?? ''} ms\n`);
  return answers;
}

describe('64 requests at once', () => {
  it('get the 64 answers that predict() gives', async () => {
    const answers = await fire('without training');
    const expected = await model.predict(images.subarray(0, 64 * 784));
    answers.forEach(({ status, body }, i) => {
      expect(status).toBe(200);
      expect(body.probabilities?.[0]).toBeCloseTo(expected.values[2 * i] ?? NaN, 5);
    });
  });

  it('are answered while the model trains, better and better', async () => {
    const stop = new AbortController();
    let steps = 0;
    const training = model.fit(images, labels, {
      ...{ epochs: 1e6, batchSize: 32, verbose: 0, signal: stop.signal },
      callbacks: {
        onBatchEnd: () => {
          ++steps;
        },
      },
    });
    const before = await fire('with training');
    expect(before.map(({ status }) => status)).toEqual(Array<number>(64).fill(200));
    while (steps < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    const after = await fire('with training');
    expect(after.map(({ body }) => body.label)).toEqual([...labels.subarray(0, 64)]);
    stop.abort();
    await expect(training).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});

it('says what is wrong with a request', async () => {
  const short = await post(images.subarray(0, 783));
  expect(short.status).toBe(400);
  expect(short.body.error).toMatch(/expected 784 bytes/);
  expect((await post(images.subarray(0, 2 * 784))).status).toBe(400);
  expect((await post(imageOf(0), '/elsewhere')).status).toBe(404);
});
