import {
  input,
  layers,
  model,
  train,
  type LayersModel,
  type ModelOptions,
  type SymbolicTensor,
} from 'node-cudnn';

const size = 48;
const classes = 2;

// Two convolutions with dropout between them.
function level(name: string, filters: number, x: SymbolicTensor): SymbolicTensor {
  const convolution = (part: string) =>
    layers.conv2d({
      name: `${name}${part}`,
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
    });
  const dropped = layers.dropout({ name: `${name}drop`, rate: 0.2 });
  return convolution('b').apply(dropped.apply(convolution('a').apply(x)));
}

function pooled(name: string, x: SymbolicTensor): SymbolicTensor {
  return layers.maxPooling2d({ name, poolSize: 2 }).apply(x);
}

function enlarged(name: string, x: SymbolicTensor): SymbolicTensor {
  return layers.upSampling2d({ name, size: 2 }).apply(x);
}

function merged(name: string, low: SymbolicTensor, high: SymbolicTensor): SymbolicTensor {
  return layers.concatenate({ name }).apply([enlarged(`${name}up`, low), high]);
}

/** [H,W,classes] to a softmax for each pixel, [H*W,classes], by way of [classes,H*W]. */
function pixelClasses(x: SymbolicTensor): SymbolicTensor {
  const planes = layers.permute({ name: 'planes', dims: [3, 1, 2] }).apply(x);
  const rows = layers.reshape({ name: 'rows', targetShape: [classes, size * size] }).apply(planes);
  const pixels = layers.permute({ name: 'pixels', dims: [2, 1] }).apply(rows);
  return layers.activation({ name: 'classes', activation: 'softmax' }).apply(pixels);
}

/**
 * A U-Net-like network for patches of 48x48 grey pixels: it first enlarges them, goes down five
 * levels and up again, and tells two classes of each pixel apart. 514,978 parameters.
 */
export function uNet(options: ModelOptions): LayersModel {
  const image = input({ shape: [size, size, 1], name: 'image' });
  const conv1 = level('conv1', 32, image);
  const conv2 = level('conv2', 16, enlarged('up1', conv1));
  const conv3 = level('conv3', 32, pooled('pool1', conv2));
  const conv4 = level('conv4', 64, pooled('pool2', conv3));
  const conv5 = level('conv5', 128, pooled('pool3', conv4));
  const conv6 = level('conv6', 64, merged('merge2', conv5, conv4));
  const conv7 = level('conv7', 32, merged('merge3', conv6, conv3));
  const conv8 = level('conv8', 16, merged('merge4', conv7, conv2));
  const conv9 = level('conv9', 32, pooled('pool4', conv8));
  const last = layers.conv2d({
    name: 'conv10',
    filters: classes,
    kernelSize: 1,
    padding: 'same',
    activation: 'relu',
  });
  const outputs = pixelClasses(last.apply(conv9));
  const network = model({ ...options, name: 'u-net', inputs: image, outputs });
  network.compile({
    optimizer: train.sgd(0.01),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return network;
}
