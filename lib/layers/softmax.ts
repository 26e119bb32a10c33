import { lowerActivation } from './activationFunction.js';
import { checkedAxis, requireLastAxis } from './lastAxis.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface SoftmaxOptions extends LayerOptions {
  /** Only the last axis, -1. */
  readonly axis?: number;
}

const optionNames: Readonly<Record<keyof SoftmaxOptions, true>> = {
  ...layerOptionNames,
  axis: true,
};

/** exp(x) divided by its sum over the last axis. */
export class Softmax extends Layer {
  static readonly className = 'Softmax';
  private readonly axis: number;

  constructor(options: SoftmaxOptions = {}) {
    super(Softmax.className, 'softmax', options, optionNames);
    this.axis = checkedAxis(this.place, options.axis);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireLastAxis(this.place, this.axis, input);
    return input;
  }

  override lower(lowering: LayerLowering): number {
    return lowerActivation(lowering, lowering.inputs[0] ?? -1, 'softmax');
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), axis: this.axis };
  }
}

registerLayer(Softmax.className, (config) => new Softmax(config));
