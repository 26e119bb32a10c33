import { input, layers, model, type SymbolicTensor } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';
import { classifier, normalized, normalizedRelu } from './normalizedConvolution.js';

function block(x: SymbolicTensor, filters: number, strides: number): SymbolicTensor {
  const first = normalizedRelu(x, { filters, kernelSize: 3, strides });
  const second = normalized(first, { filters, kernelSize: 3 });
  const shortcut = strides === 1 ? x : normalized(x, { filters, kernelSize: 1, strides });
  return layers.reLU().apply(layers.add().apply([second, shortcut]));
}

/** ResNet-20 for CIFAR (He and others 2015), with convolutions where a shortcut changes its shape. */
export const resnet20: BenchNetwork = {
  name: 'resnet20',
  batches: [128],
  inputShape: [32, 32, 3],
  targetShape: [],
  classes: 10,
  optimizer: 'sgd',
  make: () => {
    const image = input({ shape: [32, 32, 3] });
    let x = normalizedRelu(image, { filters: 16, kernelSize: 3 });
    for (const filters of [16, 32, 64]) {
      x = block(x, filters, filters === 16 ? 1 : 2);
      x = block(x, filters, 1);
      x = block(x, filters, 1);
    }
    return model({ inputs: image, outputs: classifier(x, 10) });
  },
};
