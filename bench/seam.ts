import { layers, sequential, tensor, train } from 'node-cudnn';

/**
 * Milliseconds that one step costs outside the ops: the training loop in JavaScript, the crossing
 * into native code and back, and the program's thread. Measured as a step of fit() on a model whose
 * ops take next to nothing (one dense layer of one weight, one sample a step).
 */
export async function measureSeam(steps: number): Promise<number> {
  const model = sequential({
    layers: [layers.dense({ units: 1, useBias: false, inputShape: [1] })],
  });
  model.compile({ optimizer: train.sgd(0.001), loss: 'meanSquaredError' });
  const x = tensor(new Float32Array(steps), [steps, 1]);
  const fit = { batchSize: 1, epochs: 1, verbose: 0, shuffle: false } as const;
  try {
    await model.fit(x, x, fit);
    const begin = performance.now();
    await model.fit(x, x, fit);
    return (performance.now() - begin) / steps;
  } finally {
    await model.dispose();
  }
}
