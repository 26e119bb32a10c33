import { input, layers, model, type LayersModel, type SymbolicTensor } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';

function twice(x: SymbolicTensor, filters: number): SymbolicTensor {
  const convolution = () =>
    layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
  return convolution().apply(convolution().apply(x));
}

function halved(x: SymbolicTensor): SymbolicTensor {
  return layers.maxPooling2d({ poolSize: 2 }).apply(x);
}

function joined(x: SymbolicTensor, skipped: SymbolicTensor): SymbolicTensor {
  return layers.concatenate().apply([layers.upSampling2d({ size: 2 }).apply(x), skipped]);
}

function make(base: number): LayersModel {
  const image = input({ shape: [64, 64, 3] });
  const fine = twice(image, base);
  const middle = twice(halved(fine), 2 * base);
  const coarse = twice(halved(middle), 4 * base);
  const up = twice(joined(coarse, middle), 2 * base);
  const last = twice(joined(up, fine), base);
  const perPixel = layers.conv2d({ filters: 2, kernelSize: 1, activation: 'softmax' });
  return model({ inputs: image, outputs: perPixel.apply(last) });
}

/** U-Net (Ronneberger and others 2015) with three levels; two classes for each pixel. */
export function unet(base: number): BenchNetwork {
  return {
    name: `unet${base}`,
    batches: [8],
    inputShape: [64, 64, 3],
    targetShape: [64, 64],
    classes: 2,
    optimizer: 'adam',
    make: () => make(base),
  };
}
