import type { LossLogs, TrainableModel } from '../model/trainable.js';
import type { Batch, NativeProgram } from '../native/program.js';
import { toLogs } from './results.js';

/** Native code numbers runs in 32 bits; 0 is that of the training. */
const lastRun = 2 ** 32 - 2;
let latestRun = 0;

/** Losses and metrics of some batches, added up apart from those of trainings and of other runs. */
export class EvaluationRun {
  private readonly run: number;
  private isOver = false;

  constructor(
    private readonly model: TrainableModel,
    private readonly program: NativeProgram,
  ) {
    latestRun = latestRun === lastRun ? 1 : latestRun + 1;
    this.run = latestRun;
  }

  add(batch: Batch): Promise<void> {
    return this.model.betweenSteps(() => this.program.evaluate(batch, this.run));
  }

  /** The means over all batches; ends the run. */
  async logs(): Promise<LossLogs> {
    this.isOver = true;
    return toLogs(this.model, await this.program.results(true, this.run));
  }

  /** Frees what native code keeps of a run that ended early. */
  forget(): void {
    if (this.isOver) return;
    this.isOver = true;
    // Where the program is gone, so is the run.
    this.program.results(true, this.run).catch(() => undefined);
  }
}
