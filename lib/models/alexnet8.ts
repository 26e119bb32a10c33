import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { layers } from '../layers/index.js';
import type { Layer } from '../layers/layer.js';
import { pickBackendOptions } from '../model/backendOptions.js';
import { modelOptionNames, type ModelOptions } from '../model/modelStructure.js';
import { sequential, type Sequential } from '../model/sequential.js';

export interface Alexnet8Options extends ModelOptions {
  /** [height, width, channels]. Default [32, 32, 3]. */
  readonly inputShape?: readonly number[];
  /** Units of the last layer. Default 10. */
  readonly classes?: number;
  /** Rate after both hidden dense layers. Default 0.5. */
  readonly dropout?: number;
  /**
   * Of the moving statistics. Default 0.99, which wants a thousand steps or more: after n steps
   * they still hold 0.99^n of where they started. Take 0.9 for a few hundred.
   */
  readonly normalizationMomentum?: number;
  /** Multiplies the input in a first layer: 1/255 for images in [0,255]. Default: no such layer. */
  readonly inputScale?: number;
}

const optionNames: Readonly<Record<keyof Alexnet8Options, true>> = {
  ...modelOptionNames,
  inputShape: true,
  classes: true,
  dropout: true,
  normalizationMomentum: true,
  inputScale: true,
};

const pool = (name: string): Layer => layers.maxPooling2d({ name, poolSize: 3, strides: 2 });

// Convolution, batch normalization, ReLU, pooling.
function normalizedStage(stage: 1 | 2, filters: number, momentum: number): Layer[] {
  return [
    layers.conv2d({ name: `conv${stage}`, filters, kernelSize: 3 }),
    layers.batchNormalization({ name: `norm${stage}`, momentum }),
    layers.activation({ name: `relu${stage}`, activation: 'relu' }),
    pool(`pool${stage}`),
  ];
}

function convolution(name: string, filters: number): Layer {
  return layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', activation: 'relu' });
}

function hidden(stage: 6 | 7, rate: number): Layer[] {
  return [
    layers.dense({ name: `fc${stage}`, units: 2048, activation: 'relu' }),
    layers.dropout({ name: `drop${stage}`, rate }),
  ];
}

/**
 * AlexNet's eight layers cut down for 32x32 images, with batch normalization after the first two
 * convolutions: 9,639,178 parameters with ten classes, 704 of them moving averages. Trains with
 * Adam on images in [0,1].
 */
export function alexnet8(options: Alexnet8Options = {}): Sequential {
  const place = 'alexnet8()';
  checkOptionNames(place, options, Object.keys(optionNames));
  const { name = 'alexnet8', inputShape = [32, 32, 3], seed } = options;
  const classes = wholeNumber(place, 'classes', options.classes ?? 10, 1);
  const rate = realNumber(place, 'dropout', options.dropout ?? 0.5, { minimum: 0, maximum: 1 });
  const momentum = options.normalizationMomentum ?? 0.99;
  return sequential({
    name,
    ...pickBackendOptions(options),
    ...(seed === undefined ? {} : { seed }),
    layers: [
      layers.inputLayer({ name: 'image', inputShape }),
      ...(options.inputScale === undefined
        ? []
        : [layers.rescaling({ name: 'scale', scale: options.inputScale })]),
      ...normalizedStage(1, 96, momentum),
      ...normalizedStage(2, 256, momentum),
      convolution('conv3', 384),
      convolution('conv4', 384),
      convolution('conv5', 256),
      pool('pool5'),
      layers.flatten({ name: 'flatten' }),
      ...hidden(6, rate),
      ...hidden(7, rate),
      layers.dense({ name: 'fc8', units: classes, activation: 'softmax' }),
    ],
  });
}
