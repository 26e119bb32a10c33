import { alexnet, alexnet8 } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';

export const alexnet8Small: BenchNetwork = {
  name: 'alexnet8',
  batches: [128],
  inputShape: [32, 32, 3],
  targetShape: [],
  classes: 10,
  optimizer: 'adam',
  make: () => alexnet8({ inputShape: [32, 32, 3], classes: 10 }),
};

export const plainAlexnet: BenchNetwork = {
  name: 'alexnet',
  batches: [64],
  inputShape: [227, 227, 3],
  targetShape: [],
  classes: 1000,
  optimizer: 'sgd',
  make: () => alexnet({ variant: 'plain', inputShape: [227, 227, 3], classes: 1000 }),
};
