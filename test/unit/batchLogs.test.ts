import { describe, expect, it } from '@jest/globals';
import { Callback, modelCheckpoint, terminateOnNaN } from '../../lib/callbacks/index.js';
import type { Logs } from '../../lib/model/trainable.js';
import { fit } from '../../lib/train/fit.js';
import type { CallbackArgument } from '../../lib/train/fitOptions.js';
import { LinearModel } from './linearModel.js';

// With a weight of 0, the loss of each row is the square of its target.
const x = Float32Array.of(1, 1, 1, 1);
const y = Float32Array.of(1, 2, 3, 4);
const ownLosses = [1, 4, 9, 16];
const runningMeans = [1, 2.5, 14 / 3, 7.5];

class Recorder extends Callback {
  readonly seen: (readonly [number, Logs])[] = [];
  readonly means: (number | undefined)[] = [];

  override onBatchEnd(batch: number, logs: Logs): void {
    this.seen.push([batch, logs]);
    this.means.push(this.params?.means().loss);
  }
}

async function trained(callbacks: CallbackArgument, epochs = 1) {
  const model = new LinearModel({ learningRate: 0 });
  const options = { verbose: 0, batchSize: 1, shuffle: false, epochs, callbacks } as const;
  const { history } = await fit(model, x, y, options);
  return { history, model };
}

describe('batch logs', () => {
  it('are the losses and metrics of the batch alone, and epoch logs the means', async () => {
    const recorder = new Recorder();
    const { history } = await trained(recorder, 2);
    const once = ownLosses.map((loss, batch) => [batch, { batch, size: 1, loss, half: loss / 2 }]);
    expect(recorder.seen).toEqual([...once, ...once]);
    expect(history).toEqual({ loss: [7.5, 7.5], half: [3.75, 3.75] });
  });

  it('come with the running means in params', async () => {
    const recorder = new Recorder();
    await trained(recorder, 2);
    expect(recorder.means).toEqual([...runningMeans, ...runningMeans]);
  });

  it('go to plain hooks, and to a hook that is set on a callback', async () => {
    const seen: (number | undefined)[] = [];
    const onBatchEnd = (_batch: number, { loss }: Logs) => {
      seen.push(loss);
    };
    await trained({ onBatchEnd });
    await trained(Object.assign(terminateOnNaN(), { onBatchEnd }));
    expect(seen).toEqual([...ownLosses, ...ownLosses]);
  });

  it('weigh a smaller last batch by its size in the epoch mean', async () => {
    const recorder = new Recorder();
    const model = new LinearModel({ learningRate: 0 });
    const options = { verbose: 0, batchSize: 3, shuffle: false, callbacks: recorder } as const;
    const { history } = await fit(model, x, y, options);
    expect(recorder.seen.map(([, { loss }]) => loss)).toEqual([14 / 3, 16]);
    expect(history.loss).toEqual([7.5]);
  });

  it('are not read where everyBatch is false', async () => {
    const recorder = new Recorder();
    recorder.everyBatch = false;
    const { model } = await trained(recorder);
    expect(recorder.seen[0]).toEqual([0, { batch: 0, size: 1 }]);
    expect(model.linear.readings).toBeLessThan(4);
  });

  it('leave a checkpoint the mean of the epoch so far', async () => {
    const checkpoint = modelCheckpoint({ filepath: '{loss}', saveFreq: 2 });
    await trained(checkpoint);
    expect(checkpoint.saved).toEqual(['2.5', '7.5']);
  });
});
