import type { Logs, LossLogs, TrainableModel } from '../model/trainable.js';
import type { NativeProgram, Result } from '../native/program.js';
import { trainedOutputs } from './samples.js';

/** The keys that logs of this model have, in order. */
export function logNames(model: TrainableModel): string[] {
  const outputs = trainedOutputs(model);
  const losses = outputs.length > 1 ? outputs.map((slot) => `${slot.name}_loss`) : [];
  return ['loss', ...losses, ...model.metricSlots.map((slot) => slot.name)];
}

/** Sums of results that were read with a reset after each batch. */
export class ResultTotals {
  private readonly totals = new Map<string, Result>();

  add(results: readonly Result[]): void {
    for (const { name, sum, count } of results) {
      const total = this.totals.get(name);
      this.totals.set(name, {
        name,
        sum: sum + (total?.sum ?? 0),
        count: count + (total?.count ?? 0),
      });
    }
  }

  clear(): void {
    this.totals.clear();
  }

  /** The means of all that was added: see readLogs. */
  logs(model: TrainableModel): LossLogs {
    return toLogs(model, [...this.totals.values()]);
  }
}

/**
 * The means since the last reset under their log names: 'loss' is the sum of all outputs' losses,
 * times their weights, and of the penalties; '<output>_loss' is without its weight.
 */
export async function readLogs(
  model: TrainableModel,
  program: NativeProgram,
  reset: boolean,
): Promise<LossLogs> {
  return toLogs(model, await program.results(reset));
}

/** As readLogs, of results that were read. */
export function toLogs(model: TrainableModel, results: readonly Result[]): LossLogs {
  // The count of a weighted metric is the sum of its weights, which may be below 1.
  const mean = ({ sum, count }: Result) => (count === 0 ? 0 : sum / count);
  const means = new Map(results.map((result) => [result.name, mean(result)]));
  const outputs = trainedOutputs(model);
  const losses = outputs.map((slot) => ({
    name: `${slot.name}_loss`,
    weight: slot.lossWeight ?? 1,
    value: means.get(`loss/${model.outputSlots.indexOf(slot)}`) ?? 0,
  }));
  const penalty = means.get('penalty') ?? 0;
  const logs: LossLogs = {
    loss: losses.reduce((total, { weight, value }) => total + weight * value, penalty),
  };
  if (outputs.length > 1) for (const { name, value } of losses) logs[name] = value;
  model.metricSlots.forEach((slot, i) => {
    logs[slot.name] = means.get(`metric/${i}`) ?? 0;
  });
  return logs;
}

/** Logs of a validation: every key with 'val_' before it. */
export function validationLogs(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
}
