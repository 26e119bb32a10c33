// What the types say of models, callbacks and names, beside program.ts.
import {
  Callback,
  callbacks,
  input,
  layers,
  loadLayersModel,
  Model,
  model,
  sequential,
  type Applied,
  type CallbackModel,
  type Layer,
  type LayersModel,
  type Logs,
  type Predictor,
  type SymbolicTensor,
  type Tensor,
} from 'node-cudnn';

const rows = [[1, 2]];
const inputs = input({ shape: [2] });
const one = layers.dense({ units: 1 }).apply(inputs);
const other = layers.dense({ units: 2 }).apply(inputs);

class Net extends Model {
  constructor() {
    super({ inputShape: [2] });
  }
  override call(x: SymbolicTensor): SymbolicTensor {
    return layers.dense({ units: 1 }).apply(x);
  }
}

class Two extends Model<Tensor[]> {
  constructor() {
    super({ inputShape: [2] });
  }
  override call(x: SymbolicTensor): SymbolicTensor[] {
    return [x, layers.reLU().apply(x)];
  }
}

export abstract class Wrong extends Model {
  // @ts-expect-error: a list, where Model<Tensor[]> would say so.
  override call(x: SymbolicTensor): SymbolicTensor[] {
    return [x];
  }
}

export async function predictions(outputs: Applied): Promise<readonly Tensor[]> {
  const stack = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  const single: LayersModel<Tensor>[] = [
    stack,
    model({ inputs, outputs: one }),
    model({ inputs, outputs: [one] }),
    new Net(),
    await loadLayersModel<Tensor>('model'),
  ];
  const several: LayersModel<Tensor[]>[] = [model({ inputs, outputs: [one, other] }), new Two()];
  const either = model({ inputs, outputs });
  const all: LayersModel[] = [...single, ...several, either, await loadLayersModel('model')];
  // @ts-expect-error: it may give a list.
  const unknown: Tensor = await either.predict(rows);
  // @ts-expect-error: it gives no list.
  const listed: Tensor[] = await stack.predict(rows);
  const predictor: Predictor<Tensor> = stack.predictor();
  const [first, second] = await model({ inputs, outputs: [one, other] }).predict(rows);
  const layer: Layer = new Net();
  const nested: SymbolicTensor = stack.apply(layer.apply(inputs));
  const { loss } = await stack.evaluate(rows, [[1]]);
  const sum: number = loss + (await stack.trainOnBatch(rows, [[1]])).loss + nested.rank;
  const tensors: Tensor[] = [unknown, ...listed, first, second, await predictor.predict(rows)];
  for (const each of single)
    tensors.push(await each.predict(rows), await each.predictOnBatch(rows));
  for (const each of several) tensors.push(...(await each.predict(rows)));
  return all.length > sum ? tensors : [];
}

export class Watching extends Callback {
  override onEpochBegin(epoch: number, logs: Logs): void {
    logs.epoch = epoch;
  }
  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.model === undefined) return;
    const output: Tensor | Tensor[] = await this.model.predict(rows);
    const { loss } = await this.model.evaluate(rows, [[1]], { batchSize: 1 });
    await this.model.setWeights(await this.model.getWeights());
    logs.watched = loss + this.model.getLayer('dense').countParams() + this.model.layers.length;
    logs.rate = this.model.optimizer.learningRate;
    this.model.stopTraining = Array.isArray(output) && this.model.weights.length > epoch;
    await this.model.save(`${this.model.name}.safetensors`);
  }
}

export async function trained(net: LayersModel): Promise<CallbackModel> {
  const onEpochBegin = (epoch: number, logs: Logs) => `${epoch} ${Object.keys(logs).length}`;
  await net.fit(rows, [[1]], { callbacks: [new Watching(), { onEpochBegin }] });
  // @ts-expect-error: an epoch is a number.
  await net.fit(rows, [[1]], { callbacks: { onEpochBegin: (epoch: string) => epoch } });
  return net;
}

export function names(net: LayersModel, own: string): void {
  // Any text will do where it may come from elsewhere, and is looked at when the program runs.
  const kernelInitializer = 'heNormal';
  layers.dense({ units: 1, kernelInitializer, biasInitializer: own, kernelRegularizer: 'l2' });
  net.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['accuracy', own] });
  net.compile({ optimizer: own, loss: own, metrics: { y: 'mae' } });
  callbacks.earlyStopping({ monitor: 'val_accuracy', mode: 'max' });
  callbacks.modelCheckpoint({ filepath: own, monitor: 'digit_accuracy', mode: 'auto' });
  sequential({ backend: 'cuda:1', precision: 'bf16' });
  layers.conv2d({ filters: 1, kernelSize: 1, padding: 'same', activation: 'relu' });
  // @ts-expect-error: no activation.
  layers.dense({ units: 1, activation: 'rleu' });
  // @ts-expect-error: no padding.
  layers.conv2d({ filters: 1, kernelSize: 1, padding: 'full' });
  // @ts-expect-error: no mode.
  callbacks.earlyStopping({ mode: 'most' });
  // @ts-expect-error: no precision.
  sequential({ precision: 'float64' });
  // @ts-expect-error: a number is no metric.
  net.compile({ optimizer: 'adam', loss: 'mse', metrics: [1] });
  // @ts-expect-error: a number is no initializer.
  layers.dense({ units: 1, kernelInitializer: 1 });
  // @ts-expect-error: a number names no log.
  callbacks.reduceLROnPlateau({ monitor: 1 });
}
