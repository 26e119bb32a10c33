// A user's program, which scripts/check-types.sh compiles against the packed package. Where a type
// is lost, what is marked as an error compiles, and the mark is the error.
import {
  callbacks,
  data,
  interruptSignal,
  layers,
  listDevices,
  loadLayersModel,
  NodeCudnnError,
  sequential,
  tensor,
  train,
  type FitOptions,
  type LayersModel,
  type StopSignal,
} from 'node-cudnn';

const images = tensor(new Uint8Array(8 * 6 * 6), [8, 6, 6, 1]);
const labels = new Int32Array(8);

export function build(): LayersModel {
  const model = sequential({
    layers: [
      layers.rescaling({ scale: 1 / 255, inputShape: [6, 6, 1] }),
      layers.conv2d({ filters: 4, kernelSize: [3, 3], activation: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  model.compile({
    optimizer: train.sgd({ learningRate: 0.01, momentum: 0.9 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

export async function run(): Promise<number> {
  const model = build();
  const interrupt = interruptSignal();
  const signal: StopSignal = interrupt.signal;
  const options: FitOptions = {
    batchSize: 4,
    epochs: 2,
    validationSplit: 0.5,
    signal,
    callbacks: [callbacks.earlyStopping({ patience: 1 }), { onEpochEnd: () => undefined }],
  };
  try {
    const { history } = await model.fit(images, labels, options);
    const loss: number | undefined = history.loss?.[0];
    const resized = await data.resizeWithPad(images, 12, 12);
    const { loss: tested } = await model.evaluate(resized, [[0], [1]], { signal });
    await model.save('model');
    const loaded = await loadLayersModel('model');
    await loaded.dispose();
    const devices = await listDevices();
    return (loss ?? 0) + tested + devices.length;
  } catch (error) {
    if (error instanceof NodeCudnnError && error.code === 'ERR_ABORTED') return 0;
    throw error;
  } finally {
    interrupt.release();
    await model.dispose();
  }
}

export async function wrong(model: LayersModel): Promise<void> {
  // @ts-expect-error: no rows and no labels.
  await model.fit(42, 'oops');
  // @ts-expect-error: a number of epochs.
  await model.fit(images, labels, { epochs: 'two' });
  // @ts-expect-error: no signal.
  await model.predict(images, { signal: 42 });
  // @ts-expect-error: evaluate() gives numbers.
  const text: string = (await model.evaluate(images, labels)).loss;
  // @ts-expect-error: filters is missing.
  layers.conv2d({ kernelSize: 3 });
  // @ts-expect-error: a number is no loss.
  model.compile({ optimizer: 'sgd', loss: 42 });
  // @ts-expect-error: ERR_OOPS is no code.
  if (new NodeCudnnError('ERR_SHAPE', text).code === 'ERR_OOPS') return;
}
