/** What a callback may do with the model that it is called for. */
import { describe, expect, it } from '@jest/globals';
import {
  Callback,
  callbacks,
  zeros,
  type CallbackModel,
  type LayersModel,
  type Logs,
} from '../../lib/index.js';
import { smallNetwork, stripes } from './models.js';

const { x, y } = stripes(32);
const options = { batchSize: 8, verbose: 0 } as const;

/** Does `act` with its model at the first batch's end and at the end of each epoch. */
class Acting extends Callback {
  override everyBatch = false;
  acted = 0;

  constructor(private readonly act: (model: CallbackModel) => Promise<void>) {
    super();
  }

  override async onBatchEnd(batch: number): Promise<void> {
    if (batch === 0) await this.ask();
  }

  override onEpochEnd(): Promise<void> {
    return this.ask();
  }

  private async ask(): Promise<void> {
    if (this.model === undefined) return;
    await this.act(this.model);
    this.acted += 1;
  }
}

async function fitWith(
  act: (model: CallbackModel, net: LayersModel) => Promise<void>,
): Promise<void> {
  const net = smallNetwork();
  const acting = new Acting((model) => act(model, net));
  await net.fit(x, y, { ...options, epochs: 2, callbacks: acting });
  expect(acting.acted).toBe(4);
  await net.dispose();
}

describe('the model of a callback', () => {
  it('predicts and evaluates between two steps', async () => {
    const losses: number[] = [];
    await fitWith(async (model) => {
      const output = await model.predict(x, { batchSize: 8 });
      expect(Array.isArray(output) || output.shape).toEqual([32, 3]);
      const { loss } = await model.evaluate(x, y, { batchSize: 8 });
      losses.push(loss);
    });
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(new Set(losses).size).toBe(4);
  });

  it('gives its weights, and takes others', async () => {
    await fitWith(async (model) => {
      const weights = await model.getWeights();
      expect(weights.map(({ shape }) => shape)).toEqual(model.weights.map(({ shape }) => shape));
      await model.setWeights(weights.map(({ shape }) => zeros(shape)));
      const cleared = await model.getWeights();
      expect(cleared.every(({ values }) => values.every((value) => value === 0))).toBe(true);
      await model.setWeights(weights);
    });
  });

  it('has its layers, its name and its optimizer', async () => {
    await fitWith((model) => {
      expect(model.getLayer('dense')).toBe(model.layers.at(-1));
      expect(model.metricsNames).toEqual(['loss', 'accuracy']);
      expect(model.name).toBe('sequential');
      expect(model.optimizer.learningRate).toBe(0.05);
      expect(model.countParams()).toBeGreaterThan(0);
      return Promise.resolve();
    });
  });

  it('is busy with its training', async () => {
    await fitWith(async (model, net) => {
      expect(model).toBe(net);
      await expect(net.fit(x, y)).rejects.toMatchObject({ code: 'ERR_MODEL_BUSY' });
    });
  });

  it('stops where a callback says so', async () => {
    const net = smallNetwork();
    class Stops extends Callback {
      override onEpochEnd(epoch: number, logs: Logs): void {
        if (this.model && epoch === 1 && logs.loss !== undefined) this.model.stopTraining = true;
      }
    }
    const { epoch } = await net.fit(x, y, { ...options, epochs: 5, callbacks: [new Stops()] });
    expect(epoch).toEqual([0, 1]);
    await net.dispose();
  });
});

describe('onEpochBegin', () => {
  it('gets the epoch and empty logs, in a class and as a function', async () => {
    const seen: (readonly [string, number, Logs])[] = [];
    class Begins extends Callback {
      override onEpochBegin(epoch: number, logs: Logs): void {
        seen.push(['class', epoch, { ...logs }]);
      }
    }
    const onEpochBegin = (epoch: number, logs: Logs): void => {
      seen.push(['function', epoch, { ...logs }]);
      logs.left = 1; // Gone with the epoch.
    };
    const net = smallNetwork();
    const list = [new Begins(), callbacks.customCallback({ onEpochBegin })];
    const { history } = await net.fit(x, y, { ...options, epochs: 2, callbacks: list });
    expect(Object.keys(history)).toEqual(['loss', 'accuracy']);
    expect(seen).toEqual([
      ['class', 0, {}],
      ['function', 0, {}],
      ['class', 1, {}],
      ['function', 1, {}],
    ]);
    await net.dispose();
  });
});
