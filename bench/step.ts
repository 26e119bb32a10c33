import { makeBatch, makeNetwork, type NetworkName } from './networks.js';
import { median, timed } from './statistics.js';

/** Where the time of a step goes, in milliseconds. */
export interface StepReport {
  readonly network: NetworkName;
  readonly batch: number;
  /** Median of whole training steps, from the call in JavaScript to its settled promise. */
  readonly stepMilliseconds: number;
  readonly imagesPerSecond: number;
  /** Sum of the step's oneDNN primitives, each repeated alone in this process (medians). */
  readonly primitivesMilliseconds: number;
  /** The same primitives within the step. */
  readonly primitivesInStepMilliseconds: number;
  /** What the rest of the step's commands take, by cause. */
  readonly gap: Readonly<Record<string, number>>;
  /** Step minus all of its commands: feeding the batch, the seam and JavaScript. */
  readonly outsideMilliseconds: number;
}

/** The cause that explain() and the table name for a command which is no primitive. */
function causeOf(work: string, name: string): string {
  if (/activation/i.test(name)) return 'ReLU backward';
  if (/dropout|drop/i.test(name)) return 'dropout';
  return work;
}

/** Times a training step of a network and each of its commands. */
export async function measureStep(
  network: NetworkName,
  batchSize: number,
  repeats: number,
): Promise<StepReport> {
  const made = makeNetwork(network);
  const program = await made.model.program();
  const batch = makeBatch(made, batchSize);
  const learningRate = made.model.optimizer.learningRate;
  try {
    const stepMilliseconds = median(await timed(() => program.train(batch, learningRate), repeats));
    const commands = await program.profile(batch, repeats);
    const gap: Record<string, number> = {};
    let alone = 0;
    let inStep = 0;
    let all = 0;
    for (const command of commands) {
      all += command.inStepMilliseconds;
      if (command.work === 'primitive') {
        alone += command.bareMilliseconds;
        inStep += command.inStepMilliseconds;
      } else {
        const cause = causeOf(command.work, command.name);
        gap[cause] = (gap[cause] ?? 0) + command.inStepMilliseconds;
      }
    }
    return {
      network,
      batch: batchSize,
      stepMilliseconds,
      imagesPerSecond: (1000 * batchSize) / stepMilliseconds,
      primitivesMilliseconds: alone,
      primitivesInStepMilliseconds: inStep,
      gap,
      outsideMilliseconds: stepMilliseconds - all,
    };
  } finally {
    await made.model.dispose();
  }
}
