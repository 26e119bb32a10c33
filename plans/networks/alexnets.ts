import {
  alexnet,
  alexnet8,
  input,
  layers,
  model,
  train,
  type LayersModel,
  type ModelOptions,
} from 'node-cudnn';

/** Krizhevsky et al. 2012 with pooling before LRN: 60,965,224 parameters. */
export function paper(options: ModelOptions): LayersModel {
  const network = alexnet({ ...options, variant: 'paper', lrnOrder: 'afterPool' });
  network.compile({
    optimizer: train.sgd({
      learningRate: 0.01,
      momentum: 0.9,
      weightDecay: 5e-4,
      weightDecayMode: 'l2',
    }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}

/** AlexNet8 for 32x32 images in [0,1]: 9,639,178 parameters. */
export function cifar(options: ModelOptions): LayersModel {
  const network = alexnet8(options);
  network.compile({
    optimizer: train.adam(0.001),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}

/** No groups, no LRN, two classes: 58,289,538 parameters. */
export function twoClasses(options: ModelOptions): LayersModel {
  const network = alexnet({ ...options, variant: 'plain', classes: 2 });
  network.compile({
    optimizer: train.adam(0.001),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}

/** As Caffe's bvlc_alexnet, with pooling before LRN, resized to two classes for fine-tuning. */
export function fineTuned(options: ModelOptions): LayersModel {
  const network = alexnet({ ...options, variant: 'caffe', lrnOrder: 'afterPool', classes: 2 });
  network.compile({
    optimizer: train.sgd({ learningRate: 0.001, momentum: 0.9 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}

/**
 * Bytes of grey 224x224 images, divided by 255, through plain AlexNet with a sigmoid at its end:
 * 46,764,746 parameters.
 */
export function fashion(options: ModelOptions): LayersModel {
  const plain = alexnet({
    ...options,
    variant: 'plain',
    inputShape: [224, 224, 1],
    classes: 10,
    lastActivation: 'sigmoid',
  });
  const image = input({ shape: [224, 224, 1], name: 'image' });
  let value = layers.rescaling({ name: 'scale', scale: 1 / 255 }).apply(image);
  for (const layer of plain.layers) value = layer.apply(value);
  const network = model({ ...options, name: 'fashion', inputs: image, outputs: value });
  network.compile({
    optimizer: train.sgd(0.01),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}
