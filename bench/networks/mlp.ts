import { layers, sequential } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';

/** So small that a step is mostly what stands between its operations. */
export const mlp: BenchNetwork = {
  name: 'mlp',
  batches: [32],
  inputShape: [784],
  targetShape: [],
  classes: 10,
  optimizer: 'adam',
  make: () =>
    sequential({
      layers: [
        layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
        layers.dense({ units: 64, activation: 'relu' }),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
};
