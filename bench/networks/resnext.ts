import { input, layers, model, type LayersModel, type SymbolicTensor } from 'node-cudnn';
import type { BenchNetwork } from './benchNetwork.js';
import { classifier, normalized, normalizedRelu } from './normalizedConvolution.js';

interface Block {
  /** Of the grouped convolution; the block has twice as many outputs. */
  readonly width: number;
  readonly strides: number;
  readonly channelsInGroup: number;
  /** Whether the shortcut is a convolution. */
  readonly projected: boolean;
}

function block(x: SymbolicTensor, options: Block): SymbolicTensor {
  const { width, strides, channelsInGroup, projected } = options;
  const filters = 2 * width;
  const groups = width / channelsInGroup;
  const reduced = normalizedRelu(x, { filters: width, kernelSize: 1 });
  const grouped = normalizedRelu(reduced, { filters: width, kernelSize: 3, strides, groups });
  const expanded = normalized(grouped, { filters, kernelSize: 1 });
  const shortcut = projected ? normalized(x, { filters, kernelSize: 1, strides }) : x;
  return layers.reLU().apply(layers.add().apply([expanded, shortcut]));
}

function make(channelsInGroup: number): LayersModel {
  const image = input({ shape: [32, 32, 3] });
  let x = normalizedRelu(image, { filters: 64, kernelSize: 3 });
  for (const width of [64, 128, 256]) {
    const strides = width === 64 ? 1 : 2;
    x = block(x, { width, strides, channelsInGroup, projected: true });
    x = block(x, { width, strides: 1, channelsInGroup, projected: false });
  }
  return model({ inputs: image, outputs: classifier(x, 10) });
}

/** ResNeXt's blocks (Xie and others 2016): grouped 3x3 convolutions, groups of so many channels. */
export function resnext(channelsInGroup: number): BenchNetwork {
  return {
    name: `resnext${channelsInGroup}`,
    batches: [32],
    inputShape: [32, 32, 3],
    targetShape: [],
    classes: 10,
    optimizer: 'sgd',
    make: () => make(channelsInGroup),
  };
}
