import type { CommandProfile } from 'node-cudnn';
import { makeBatch, makeNetwork, type NetworkName } from './alexnets.js';
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
  /** Step over primitives, the median of the rounds' ratios. */
  readonly stepOverPrimitives: number;
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

/** One round: a whole step, then the same step command by command and each command alone. */
interface Round {
  readonly step: number;
  readonly primitives: number;
  readonly primitivesInStep: number;
  readonly all: number;
  readonly gap: ReadonlyMap<string, number>;
}

function toRound(step: number, commands: readonly CommandProfile[]): Round {
  const gap = new Map<string, number>();
  let primitives = 0;
  let primitivesInStep = 0;
  let all = 0;
  for (const command of commands) {
    all += command.inStepMilliseconds;
    if (command.work === 'primitive') {
      primitives += command.bareMilliseconds;
      primitivesInStep += command.inStepMilliseconds;
    } else {
      const cause = causeOf(command.work, command.name);
      gap.set(cause, (gap.get(cause) ?? 0) + command.inStepMilliseconds);
    }
  }
  return { step, primitives, primitivesInStep, all, gap };
}

function toReport(network: NetworkName, batch: number, rounds: readonly Round[]): StepReport {
  const medianOf = (value: (round: Round) => number) => median(rounds.map(value));
  const causes = [...(rounds[0]?.gap.keys() ?? [])];
  const step = medianOf((round) => round.step);
  return {
    network,
    batch,
    stepMilliseconds: step,
    imagesPerSecond: (1000 * batch) / step,
    primitivesMilliseconds: medianOf((round) => round.primitives),
    primitivesInStepMilliseconds: medianOf((round) => round.primitivesInStep),
    stepOverPrimitives: medianOf((round) => round.step / round.primitives),
    gap: Object.fromEntries(
      causes.map((cause) => [cause, medianOf((round) => round.gap.get(cause) ?? 0)]),
    ),
    outsideMilliseconds: medianOf((round) => round.step - round.all),
  };
}

/**
 * Times a training step of a network and each of its commands, in turn, so that both see the
 * machine in the same state.
 */
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
    const rounds: Round[] = [];
    for (let round = 0; round < repeats; round++) {
      const step = median(await timed(() => program.train(batch, learningRate), 3, 1));
      rounds.push(toRound(step, await program.profile(batch, 3)));
    }
    return toReport(network, batchSize, rounds);
  } finally {
    await made.model.dispose();
  }
}
