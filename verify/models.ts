import {
  layers,
  input,
  model,
  train,
  type LayersModel,
  type ModelOptions,
  type Optimizer,
} from 'node-cudnn';

/** Everything that has a kernel of its own: 12x12x3 images in five classes. */
export function everyKind(
  options: ModelOptions,
  optimizer: Optimizer = train.sgd({ learningRate: 0.02, momentum: 0.9, weightDecay: 1e-3 }),
): LayersModel {
  const image = input({ shape: [12, 12, 3], name: 'image' });
  const convolution = (name: string, filters: number, groups = 1) =>
    layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', activation: 'relu', groups });
  let x = convolution('conv1', 16).apply(image);
  x = layers.localResponseNormalization({ name: 'lrn' }).apply(x);
  x = layers.maxPooling2d({ name: 'pool1', poolSize: 3, strides: 2, padding: 'same' }).apply(x);
  const before = x;
  x = convolution('conv2', 16, 2).apply(x);
  x = layers.batchNormalization({ name: 'norm' }).apply(x);
  x = layers.add({ name: 'sum' }).apply([x, before]);
  x = layers.averagePooling2d({ name: 'pool2', poolSize: 2 }).apply(x);
  x = layers.dropout({ name: 'drop1', rate: 0.25 }).apply(x);
  x = layers.flatten({ name: 'flatten' }).apply(x);
  x = layers.dense({ name: 'dense1', units: 32, activation: 'relu' }).apply(x);
  x = layers.dropout({ name: 'drop2', rate: 0.5 }).apply(x);
  x = layers.dense({ name: 'classes', units: 5, activation: 'softmax' }).apply(x);
  const made = model({ ...options, inputs: image, outputs: x });
  made.compile({
    optimizer,
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return made;
}

/** Rows whose brightest fifth tells their class; the same for every seed. */
export function imagesFor(count: number, seed: number): { x: Float32Array; y: Int32Array } {
  const elements = 12 * 12 * 3;
  const y = Int32Array.from({ length: count }, (_, i) => (7 * i + seed) % 5);
  const x = Float32Array.from({ length: count * elements }, (_, i) => {
    const bright = Math.floor((5 * (i % elements)) / elements) === y[Math.floor(i / elements)];
    return 0.5 * Math.sin(12.9898 * (i + 1) * (seed + 1)) + (bright ? 1 : 0);
  });
  return { x, y };
}
