import { layers } from '../layers/index.js';
import type { Layer } from '../layers/layer.js';
import { pickBackendOptions } from '../model/backendOptions.js';
import { sequential, type Sequential } from '../model/sequential.js';
import {
  alexnetSettings,
  type AlexnetLayer,
  type AlexnetOptions,
  type AlexnetSettings,
} from './alexnetOptions.js';

interface Convolution {
  readonly name: AlexnetLayer;
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  readonly padding?: 'valid' | 'same';
  readonly grouped?: boolean;
}

function convolution(settings: AlexnetSettings, parts: Convolution): Layer {
  const { grouped = false, ...options } = parts;
  return layers.conv2d({
    padding: 'same',
    ...options,
    groups: grouped ? settings.groups : 1,
    activation: 'relu',
    ...settings.initializers(parts.name),
  });
}

function pooling(name: string): Layer {
  return layers.maxPooling2d({ name, poolSize: 3, strides: 2 });
}

// Normalization and pooling after conv1 and conv2.
function reduction(settings: AlexnetSettings, stage: 1 | 2): Layer[] {
  const pool = pooling(`pool${stage}`);
  if (settings.lrn === false) return [pool];
  const norm = layers.localResponseNormalization({ name: `norm${stage}`, ...settings.lrn });
  return settings.lrnOrder === 'beforePool' ? [norm, pool] : [pool, norm];
}

function hidden(settings: AlexnetSettings, stage: 6 | 7): Layer[] {
  const name = `fc${stage}` as const;
  const dense = layers.dense({
    name,
    units: 4096,
    activation: 'relu',
    ...settings.initializers(name),
  });
  const { dropout: rate } = settings;
  return rate === 0 ? [dense] : [dense, layers.dropout({ name: `drop${stage}`, rate })];
}

/**
 * AlexNet (Krizhevsky, Sutskever, Hinton 2012), with Caffe's names of layers: conv1, norm1, pool1,
 * conv2, norm2, pool2, conv3, conv4, conv5, pool5, flatten, fc6, drop6, fc7, drop7, fc8.
 *
 * With the default 1000 classes and 227x227x3 images, 'paper' and 'caffe' have 60,965,224
 * parameters and 'plain' has 62,378,344. Images are floats; the paper subtracts their mean.
 * ERR_OPTION and ERR_SHAPE say which option does not fit.
 */
export function alexnet(options: AlexnetOptions = {}): Sequential {
  const settings = alexnetSettings(options);
  const { inputShape, classes, lastActivation } = settings;
  const { name = 'alexnet', seed } = options;
  return sequential({
    name,
    ...pickBackendOptions(options),
    ...(seed === undefined ? {} : { seed }),
    layers: [
      layers.inputLayer({ name: 'image', inputShape }),
      convolution(settings, {
        name: 'conv1',
        filters: 96,
        kernelSize: 11,
        strides: 4,
        padding: 'valid',
      }),
      ...reduction(settings, 1),
      convolution(settings, { name: 'conv2', filters: 256, kernelSize: 5, grouped: true }),
      ...reduction(settings, 2),
      convolution(settings, { name: 'conv3', filters: 384, kernelSize: 3 }),
      convolution(settings, { name: 'conv4', filters: 384, kernelSize: 3, grouped: true }),
      convolution(settings, { name: 'conv5', filters: 256, kernelSize: 3, grouped: true }),
      pooling('pool5'),
      layers.flatten({ name: 'flatten' }),
      ...hidden(settings, 6),
      ...hidden(settings, 7),
      layers.dense({
        name: 'fc8',
        units: classes,
        activation: lastActivation,
        ...settings.initializers('fc8'),
      }),
    ],
  });
}
