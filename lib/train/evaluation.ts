import type { Logs, LossLogs, TrainableModel } from '../model/trainable.js';
import type { NativeProgram } from '../native/program.js';
import { unlessAborted, throwIfAborted } from './abort.js';
import type { BatchSource } from './batches.js';
import { EvaluationRun } from './evaluationRun.js';
import { Progress } from './progress.js';
import type { StopSignal } from './stopSignal.js';

export interface EvaluationPlan {
  readonly place: string;
  readonly source: BatchSource;
  readonly verbose: 0 | 1 | 2;
  readonly signal: StopSignal | undefined;
}

/** The mean losses and metrics over all batches of a source. */
export async function evaluateSource(
  model: TrainableModel,
  program: NativeProgram,
  { place, source, verbose, signal }: EvaluationPlan,
): Promise<LossLogs> {
  const run = new EvaluationRun(model, program);
  const progress =
    verbose === 0
      ? undefined
      : new Progress({ label: place, steps: source.steps, summaryOnly: verbose === 2 });
  const begun = performance.now();
  const batches = source.batches(0);
  let step = 0;
  let samples = 0;
  let waited = 0;
  const state = (logs: Logs) => {
    const elapsed = performance.now() - begun;
    return { step, samples, logs, elapsed, dataWait: waited / Math.max(elapsed, 1) };
  };
  try {
    for (;;) {
      const asked = performance.now();
      const next = await unlessAborted(batches.next(), signal, place, () => ({ step }));
      waited += performance.now() - asked;
      if (next.done === true) break;
      await run.add(next.value);
      step += 1;
      samples += next.value.size;
      progress?.update(state({}));
      throwIfAborted(signal, place, () => ({ step }));
    }
    const logs = await run.logs();
    progress?.finish(state(logs));
    return logs;
  } finally {
    progress?.finish();
    run.forget();
    const closing = Promise.resolve(batches.return?.()).then(() => source.close?.());
    closing.catch(() => undefined);
    if (signal?.aborted !== true) await closing;
  }
}
