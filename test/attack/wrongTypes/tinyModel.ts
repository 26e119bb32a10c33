import * as cudnn from 'node-cudnn';

/** Three numbers in, two out; compiled. */
export function tinyModel(args: object = {}): cudnn.Sequential {
  const layers = [cudnn.layers.dense({ name: 'dense', units: 2, inputShape: [3] })];
  const model = cudnn.sequential({ backend: 'cpu', layers });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...args });
  return model;
}

/** Trains a tiny model for an epoch with these options. */
export async function fitTiny(options: object, args: object = {}): Promise<void> {
  const model = tinyModel(args);
  try {
    await model.fit(cudnn.ones([4, 3]), cudnn.zeros([4, 2]), options);
  } finally {
    await model.dispose();
  }
}
