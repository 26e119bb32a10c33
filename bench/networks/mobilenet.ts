import { input, model } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';
import { classifier, normalizedRelu } from './normalizedConvolution.js';

/** Output channels and stride of each depthwise separable convolution. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
] as const;

/** MobileNet's depthwise separable convolutions (Howard and others 2017), for small images. */
export const mobilenet: BenchNetwork = {
  name: 'mobilenet',
  batches: [32],
  inputShape: [32, 32, 3],
  targetShape: [],
  classes: 10,
  optimizer: 'sgd',
  make: () => {
    const image = input({ shape: [32, 32, 3] });
    let channels = 32;
    let x = normalizedRelu(image, { filters: channels, kernelSize: 3 });
    for (const [filters, strides] of blocks) {
      x = normalizedRelu(x, { filters: channels, kernelSize: 3, strides, groups: channels });
      x = normalizedRelu(x, { filters, kernelSize: 1 });
      channels = filters;
    }
    return model({ inputs: image, outputs: classifier(x, 10) });
  },
};
