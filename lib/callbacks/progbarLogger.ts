import type { Logs } from '../model/trainable.js';
import { Progress, type ProgressState, type ProgressStream } from '../train/progress.js';
import { hasMember } from '../errors/instances.js';
import { functionOf } from '../errors/optionValues.js';
import { Callback } from './callback.js';

/**
 * Reports training to stderr: with verbose 1 a progress bar for each epoch (lines every five
 * seconds where stderr is no terminal), with verbose 2 one line for each epoch.
 */
export class ProgbarLogger extends Callback {
  private progress: Progress | undefined;
  private step = 0;
  private samples = 0;

  constructor(private readonly stream: ProgressStream = process.stderr) {
    super();
    const write: unknown = hasMember(stream, 'write') ? Reflect.get(stream, 'write') : undefined;
    functionOf('progbarLogger', 'stream.write', write, 'a text');
    // It shows the running means, which are read now and then.
    this.everyBatch = false;
  }

  override onEpochBegin(epoch: number): void {
    this.step = 0;
    this.samples = 0;
    const label = `Epoch ${epoch + 1}/${this.params?.epochs ?? epoch + 1}`;
    const verbose = this.params?.verbose ?? 1;
    if (verbose === 0) return;
    this.progress = new Progress({
      label,
      steps: this.params?.steps,
      stream: this.stream,
      summaryOnly: verbose === 2,
    });
  }

  override onBatchEnd(batch: number, { size = 0 }: Logs): void {
    this.step = batch + 1;
    this.samples += size;
    this.progress?.update(this.state(this.params?.means() ?? {}));
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    this.progress?.finish(this.state(logs));
    this.progress = undefined;
  }

  override onTrainEnd(): void {
    this.progress?.finish();
    this.progress = undefined;
  }

  private state(logs: Logs): ProgressState {
    const { elapsed = 0, dataWait = 0 } = this.params?.timing ?? {};
    const share = elapsed > 0 ? dataWait / elapsed : 0;
    return { step: this.step, samples: this.samples, logs, elapsed, dataWait: share };
  }
}
