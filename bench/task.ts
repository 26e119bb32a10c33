import { availableParallelism } from 'node:os';
import { learningRate, momentum, type BenchNetwork } from './networks/benchNetwork.js';

export type Mode = 'train' | 'predict';

/** What a worker is to time: the JSON that it gets as its argument. */
export interface Task {
  readonly network: string;
  readonly mode: Mode;
  readonly batches: readonly number[];
  readonly threads: number;
  /** A turn goes on until it has taken so long. */
  readonly leastMilliseconds: number;
  readonly inputShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly classes: number;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly momentum: number;
}

export function taskOf(network: BenchNetwork, mode: Mode, batches: readonly number[]): Task {
  const { name, inputShape, targetShape, classes, optimizer } = network;
  const sizes = { inputShape, targetShape, classes };
  const leastMilliseconds = mode === 'train' ? 250 : 150;
  const threads = availableParallelism();
  const training = { optimizer, learningRate, momentum };
  return { network: name, mode, batches, threads, leastMilliseconds, ...sizes, ...training };
}
