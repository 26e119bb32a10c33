import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber, trueOrFalse, wholeNumber } from '../errors/optionValues.js';
import { requirePath } from '../files/localPath.js';
import type { Logs } from '../model/trainable.js';
import { Callback, type TrainingParams } from './callback.js';
import { checkPattern, fillPattern, patternNames } from './filePattern.js';
import { Monitor, type MonitorMode, type MonitorName } from './monitor.js';

export interface ModelCheckpointOptions {
  /**
   * Where to save, with placeholders for the epoch (from 1), the batch (with a saveFreq in batches),
   * the learning_rate and the values of logs; ERR_OPTION before training for one that will have no
   * value: 'best.safetensors', 'epoch-{epoch:02d}-{val_loss:.4f}.safetensors'.
   */
  filepath: string;
  /** The log key that saveBestOnly watches. Default 'val_loss'. */
  monitor?: MonitorName;
  /** Default 'auto': more is better for accuracies. */
  mode?: MonitorMode;
  /** Save only when the monitored value is strictly better than before. Default false. */
  saveBestOnly?: boolean;
  /** Save weights alone, without topology and optimizer state. Default false. */
  saveWeightsOnly?: boolean;
  /** 'epoch', or a number of batches. Default 'epoch'. */
  saveFreq?: 'epoch' | number;
  /** The value that the first save has to beat, with saveBestOnly. */
  initialValueThreshold?: number;
  /** 1 prints a line at each save. Default 0. */
  verbose?: number;
}

const optionNames = [
  'filepath',
  'monitor',
  'mode',
  'saveBestOnly',
  'saveWeightsOnly',
  'saveFreq',
  'initialValueThreshold',
  'verbose',
] as const satisfies readonly (keyof ModelCheckpointOptions)[];

const place = 'modelCheckpoint';

/** Saves the model while it trains. */
export class ModelCheckpoint extends Callback {
  /** The paths saved to, in order. */
  readonly saved: string[] = [];
  private readonly monitor: Monitor;
  private readonly batches: number | undefined;
  private best: number;
  private epoch = 0;
  private batchesSinceSave = 0;

  constructor(private readonly options: ModelCheckpointOptions) {
    super();
    checkOptionNames(place, options, optionNames);
    requirePath(place, options.filepath, 'filepath');
    trueOrFalse(place, 'saveBestOnly', options.saveBestOnly ?? false);
    trueOrFalse(place, 'saveWeightsOnly', options.saveWeightsOnly ?? false);
    wholeNumber(place, 'verbose', options.verbose ?? 0, 0);
    const frequency = options.saveFreq ?? 'epoch';
    this.batches = frequency === 'epoch' ? undefined : wholeNumber(place, 'saveFreq', frequency, 1);
    this.monitor = new Monitor(place, options);
    const threshold = options.initialValueThreshold ?? undefined;
    if (threshold !== undefined) realNumber(place, 'initialValueThreshold', threshold);
    this.best = threshold ?? this.monitor.worst;
    this.everyBatch = this.batches !== undefined && this.readsLogs();
  }

  override setParams(params: TrainingParams): void {
    super.setParams(params);
    const batch = this.batches === undefined ? [] : ['batch'];
    checkPattern(place, this.options.filepath, [
      'epoch',
      ...batch,
      ...this.logNames(),
      'learning_rate',
    ]);
  }

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
  }

  override async onBatchEnd(batch: number): Promise<void> {
    if (this.batches === undefined) return;
    this.batchesSinceSave += 1;
    if (this.batchesSinceSave < this.batches) return;
    this.batchesSinceSave = 0;
    // The mean of the epoch so far: one batch alone says little of the model.
    const means = this.params?.means() ?? {};
    await this.offer({ ...means, epoch: this.epoch + 1, batch: batch + 1 });
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.batches === undefined) await this.offer({ ...logs, epoch: epoch + 1 });
  }

  /** The log keys that a save can have values of. */
  private logNames(): readonly string[] {
    const names = this.params?.metrics ?? [];
    // Validation comes after the batches.
    return this.batches === undefined ? names : names.filter((name) => !name.startsWith('val_'));
  }

  private readsLogs(): boolean {
    const names = patternNames(this.options.filepath);
    return this.options.saveBestOnly === true || names.some((n) => n !== 'epoch' && n !== 'batch');
  }

  private async offer(values: Logs): Promise<void> {
    if (this.options.saveBestOnly !== true) {
      await this.save(values);
      return;
    }
    const value = this.monitor.read(values, this.logNames());
    if (value === undefined || !this.monitor.isBetter(value, this.best)) return;
    this.best = value;
    await this.save(values);
  }

  private async save(values: Logs): Promise<void> {
    if (!this.model) return;
    const rate = this.model.optimizer.learningRate;
    const path = fillPattern(place, this.options.filepath, { learning_rate: rate, ...values });
    if (this.options.saveWeightsOnly === true) await this.model.saveWeights(path);
    else await this.model.save(path);
    this.saved.push(path);
    if ((this.options.verbose ?? 0) > 0) {
      process.stderr.write(`Epoch ${values.epoch ?? 0}: saved ${path}\n`);
    }
  }
}

/** Makes a ModelCheckpoint callback. */
export function modelCheckpoint(options: ModelCheckpointOptions): ModelCheckpoint {
  return new ModelCheckpoint(options);
}
