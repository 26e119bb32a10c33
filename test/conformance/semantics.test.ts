/** Keras's numbers, by hand or from Keras 3.15.1, for the rules that are easy to get wrong. */
import { layers, sequential, tensor, train } from '../../lib/index.js';
import type { Optimizer } from '../../lib/index.js';
import type { BackendName } from '../tolerances.js';
import type { LayerEntry } from './golden.js';
import { Probe } from './probe.js';

const BACKENDS: readonly BackendName[] = ['cpu', 'reference'];
const DIGITS = 2e-6;

function expectNumbers(actual: readonly number[], expected: readonly number[], error = DIGITS) {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(error);
  });
}

function layer(className: string, args: Record<string, unknown> = {}): LayerEntry {
  return { className, args };
}

const activation = (name: string) => layer('activation', { activation: name });
const first = Int32Array.of(0);
const second = Int32Array.of(1);

describe.each(BACKENDS)("Keras semantics on '%s'", (backend) => {
  /** Makes a model, hands it over, disposes it. */
  async function using(
    options: Parameters<typeof Probe.make>[1],
    work: (probe: Probe) => Promise<void>,
  ): Promise<void> {
    const probe = await Probe.make(backend, options);
    try {
      await work(probe);
    } finally {
      await probe[Symbol.asyncDispose]();
    }
  }

  describe('cross-entropy', () => {
    const loss = 'sparseCategoricalCrossentropy';
    const z = [2, 1, -1, 0.5];
    const identity = z.flatMap((_, i) => z.map((__, j) => (i === j ? 1 : 0)));
    const forms: [string, LayerEntry, number[][] | undefined][] = [
      ['an activation layer', activation('sigmoid'), undefined],
      [
        'a dense layer',
        layer('dense', { units: 4, activation: 'sigmoid', useBias: false }),
        [identity],
      ],
    ];

    it.each(forms)('ignores the last sigmoid of %s, but predicts it', async (_, last, weights) => {
      const model = { layers: [last], inputShape: [4], loss, metrics: [loss] };
      await using({ ...model, ...(weights && { weights }) }, async (probe) => {
        const { input } = await probe.gradients(z, second);
        expectNumbers(input, [0.60946, -0.77579, 0.03034, 0.13599], 5e-6);
        const logs = await probe.model.evaluate(tensor(z, [1, 4]), tensor([1], [1, 1], 'int32'));
        expectNumbers([logs.loss], [1.495182]);
        expectNumbers([logs[loss] ?? Number.NaN], [1.495182]);
        expectNumbers(await probe.predict(z), [0.880797, 0.731059, 0.268941, 0.622459]);
      });
    });

    it.each(['sigmoid', 'softmax'])('does not clip behind a last %s', async (name) => {
      await using({ layers: [activation(name)], inputShape: [3], loss }, async (probe) => {
        expectNumbers([await probe.step([0, 120, 0], first)], [120], 1e-5);
        const { input } = await probe.gradients([0, 120, 0], first);
        expectNumbers(input, [-1, 1, 0]);
      });
    });

    it('normalizes and clips any other output', async () => {
      const model = { layers: [activation('linear')], inputShape: [4], loss };
      await using(model, async (probe) => {
        const p = [0.9, 0.8, 0.1, 0.3];
        expectNumbers([await probe.step(p, second)], [0.965081]);
        const { input } = await probe.gradients(p, second);
        const sum = 2.1;
        expectNumbers(input, [1 / sum, 1 / sum - 1 / 0.8, 1 / sum, 1 / sum]);
      });
      await using({ ...model, inputShape: [3] }, async (probe) => {
        expectNumbers([await probe.step([0, 1, 0], first)], [16.118095], 1e-5);
        const { input } = await probe.gradients([0, 1, 0], first);
        expect(input).toEqual([0, 0, 0]);
      });
    });
  });

  describe('optimizers', () => {
    const gradients = [0.5, 0.3, 0.1];

    /** The weight, 1 at first, after each of three steps with these gradients. */
    async function path(optimizer: Optimizer, rates: readonly number[] = []): Promise<number[]> {
      const model = {
        layers: [layer('dense', { units: 1, useBias: false })],
        inputShape: [1],
        weights: [[1]],
        optimizer,
      };
      const weights: number[] = [1];
      await using(model, async (probe) => {
        for (const [i, gradient] of gradients.entries()) {
          optimizer.learningRate = rates[i] ?? optimizer.learningRate;
          // The loss is (w - target)^2, its gradient 2 (w - target).
          await probe.step([1], Float32Array.of((weights[i] ?? Number.NaN) - gradient / 2));
          weights.push((await probe.weights())[0]?.[0] ?? Number.NaN);
        }
      });
      return weights.slice(1);
    }

    const sgd = { learningRate: 0.1, momentum: 0.9 };
    const rules: [string, () => Optimizer, number[]][] = [
      ['SGD with momentum', () => train.sgd(sgd), [0.95, 0.875, 0.7975]],
      ['nesterov', () => train.sgd({ ...sgd, nesterov: true }), [0.905, 0.8075, 0.72775]],
      [
        'decoupled weight decay, first',
        () => train.sgd({ ...sgd, weightDecay: 0.01 }),
        [0.949, 0.873051, 0.794678],
      ],
      // v = .9 v - .1 (g + .01 w), by hand.
      [
        'weight decay in the gradient',
        () => train.sgd({ ...sgd, weightDecay: 0.01, weightDecayMode: 'l2' }),
        [0.949, 0.872151, 0.792115],
      ],
      ['Adam', () => train.adam(0.1), [0.900001, 0.804254, 0.7205]],
      [
        'Adam, whose epsilon joins the uncorrected root',
        () => train.adam({ learningRate: 0.1, epsilon: 0.1 }),
        [0.986347, 0.971446, 0.958255],
      ],
    ];
    it.each(rules)('%s', async (_, make, expected) => {
      expectNumbers(await path(make()), expected);
    });

    it('the learning rate is inside the velocity', async () => {
      expectNumbers(await path(train.sgd(sgd), [0.1, 0.01, 0.01]), [0.95, 0.902, 0.8578]);
    });

    it('AdamW decays by .004 unless told', () => {
      expect(train.adamw().toSpec().attributes).toMatchObject({
        weightDecay: 0.004,
        weightDecayMode: 'decoupled',
      });
    });
  });

  describe('batch normalization', () => {
    const x = [1, 2, 4, 7];
    const model = { layers: [layer('batchNormalization')], inputShape: [1] };
    const weights = [[1], [0], [0], [1]];

    it('uses the biased variance and an epsilon of .001 in training', async () => {
      await using({ ...model, weights }, async (probe) => {
        const outputs: number[] = [];
        for (const i of x.keys()) {
          // The loss of sample i alone is y^2 / 4, and its gradient by beta y / 2.
          const only = x.map((_, j) => (i === j ? 1 : 0));
          const found = await probe.gradients(x, new Float32Array(4), 4, only);
          outputs.push(2 * (found.weights[1]?.[0] ?? Number.NaN));
        }
        expectNumbers(outputs, [-1.090986, -0.654591, 0.218197, 1.52738], 3e-6);
      });
    });

    it('moves its averages by .01, the variance biased too', async () => {
      await using({ ...model, weights }, async (probe) => {
        await probe.step(x, new Float32Array(4), 4);
        const [gamma, beta, mean, variance] = await probe.weights();
        expectNumbers([...(gamma ?? []), ...(beta ?? [])], [1, 0]);
        expectNumbers([...(mean ?? []), ...(variance ?? [])], [0.035, 1.0425]);
      });
    });
  });

  describe('initializers', () => {
    async function drawn(kernelInitializer: string): Promise<number[]> {
      const conv = layers.conv2d({
        filters: 256,
        kernelSize: 5,
        groups: 2,
        inputShape: [5, 5, 96],
        kernelInitializer,
      });
      const network = sequential({ layers: [conv], backend, seed: 7 });
      try {
        const [kernel, bias] = await network.getWeights();
        expect(kernel?.shape).toEqual([5, 5, 48, 256]);
        expect(Array.from(bias?.dataSync() ?? [])).toEqual(new Array<number>(256).fill(0));
        return Array.from(kernel?.dataSync() ?? []);
      } finally {
        await network.dispose();
      }
    }

    const largest = (values: readonly number[]) =>
      values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const deviation = (values: readonly number[]) =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

    it('glorot uniform counts the filters of all groups', async () => {
      const bound = 0.0280976;
      const values = await drawn('glorotUniform');
      expect(largest(values)).toBeLessThanOrEqual(bound * (1 + 1e-5));
      expect(largest(values)).toBeGreaterThan(bound * 0.9999);
      expect(deviation(values) / (bound / Math.sqrt(3))).toBeCloseTo(1, 2);
    });

    it('He normal is cut at two of its own deviations', async () => {
      const fanIn = 5 * 5 * 48;
      const sigma = Math.sqrt(2 / fanIn) / 0.87962566;
      const values = await drawn('heNormal');
      expect(largest(values)).toBeLessThanOrEqual(2 * sigma * (1 + 1e-5));
      expect(largest(values)).toBeGreaterThan(2 * sigma * 0.999);
      expect(deviation(values) / Math.sqrt(2 / fanIn)).toBeCloseTo(1, 2);
    });
  });

  describe("padding 'same'", () => {
    /** Which rows a kernel with a single 1 at `tap` reads; 0 is a row of padding. */
    async function rowsRead(rows: number, size: number, stride: number, tap: number) {
      const conv = layer('conv2d', {
        filters: 1,
        kernelSize: [size, 1],
        strides: [stride, 1],
        padding: 'same',
        useBias: false,
      });
      const kernel = Array.from({ length: size }, (_, i) => (i === tap ? 1 : 0));
      const model = { layers: [conv], inputShape: [rows, 1, 1], weights: [kernel] };
      let read: number[] = [];
      await using(model, async (probe) => {
        read = await probe.predict(Array.from({ length: rows }, (_, i) => i + 1));
      });
      return read;
    }

    it('of 11 at stride 4 on 224 has 3 rows before and 4 after', async () => {
      const read = await rowsRead(224, 11, 4, 3);
      expect(read).toEqual(Array.from({ length: 56 }, (_, i) => 4 * i + 1));
      expect((await rowsRead(224, 11, 4, 2))[0]).toBe(0);
      expect((await rowsRead(224, 11, 4, 6)).at(-1)).toBe(224);
      expect((await rowsRead(224, 11, 4, 7)).at(-1)).toBe(0);
    });

    it('of 3 at stride 2 on 4 has no row before and one after', async () => {
      expect(await rowsRead(4, 3, 2, 0)).toEqual([1, 3]);
      expect(await rowsRead(4, 3, 2, 2)).toEqual([3, 0]);
    });
  });

  describe('pooling', () => {
    const same = { poolSize: [1, 3], strides: 1, padding: 'same' };

    it('pads the maximum with -Infinity', async () => {
      const model = { layers: [layer('maxPooling2d', same)], inputShape: [1, 3, 1] };
      await using(model, async (probe) => {
        expect(await probe.predict([-3, -2, -1])).toEqual([-2, -1, -1]);
      });
    });

    it('leaves padding out of the average', async () => {
      const model = { layers: [layer('averagePooling2d', same)], inputShape: [1, 3, 1] };
      await using(model, async (probe) => {
        expectNumbers(await probe.predict([3, 6, 12]), [4.5, 7, 9]);
      });
    });

    it("steps by the pool's size, and a tie's gradient goes to the first", async () => {
      const model = {
        layers: [layer('maxPooling2d', { poolSize: [1, 2] })],
        inputShape: [1, 4, 1],
      };
      await using(model, async (probe) => {
        expect(await probe.predict([3, 3, 1, 3])).toEqual([3, 3]);
        // Targets 1 below the outputs make each output's gradient 1.
        const { input } = await probe.gradients([3, 3, 1, 3], Float32Array.of(2, 2));
        expect(input).toEqual([1, 0, 0, 1]);
      });
    });
  });

  it('response normalization does not divide alpha, and clips its window', async () => {
    const args = { depthRadius: 2, bias: 2, alpha: 0.1, beta: 0.75 };
    const lrn = layer('localResponseNormalization', args);
    await using({ layers: [lrn], inputShape: [1, 1, 7] }, async (probe) => {
      const expected = [0.399384, 0.59814, 0.66195, 0.66224, 0.640061, 0.803316, 1.022446];
      expectNumbers(await probe.predict([1, 2, 3, 4, 5, 6, 7]), expected);
    });
    const defaults = layer('localResponseNormalization');
    await using({ layers: [defaults], inputShape: [1, 1, 1] }, async (probe) => {
      expectNumbers(await probe.predict([2]), [2 / Math.sqrt(5)]);
    });
  });

  describe('dropout', () => {
    const x = Array.from({ length: 4000 }, (_, i) => 1 + (i % 7) / 8);
    const model = (rate: number) => ({ layers: [layer('dropout', { rate })], inputShape: [4000] });

    it('is the identity in inference', async () => {
      await using(model(0.5), async (probe) => {
        expect(await probe.predict(x)).toEqual(x);
      });
    });

    it('scales what it keeps by 1 / (1 - rate)', async () => {
      await using(model(0.25), async (probe) => {
        const { input } = await probe.gradients(x, new Float32Array(4000));
        // The loss is the mean of y^2 with y = x m / .75.
        const scale = input.map((gradient, i) => (gradient * 2000) / (x[i] ?? Number.NaN));
        const kept = scale.filter((each) => each !== 0);
        expect(kept.every((each) => Math.abs(each - 1 / 0.75 ** 2) < 1e-5)).toBe(true);
        expect(Math.abs(kept.length / 4000 - 0.75)).toBeLessThan(0.03);
      });
    });

    it('gives zeros at rate 1', async () => {
      await using(model(1), async (probe) => {
        expect(await probe.step(x, new Float32Array(4000))).toBe(0);
        const { input } = await probe.gradients(x, new Float32Array(4000));
        expect(input.every((each) => each === 0)).toBe(true);
      });
    });
  });
});
