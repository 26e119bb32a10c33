import { oneOf } from '../errors/optionNames.js';
import { activationNames, lowerActivation, type ActivationName } from './activationFunction.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface ActivationOptions extends LayerOptions {
  readonly activation: ActivationName;
}

const optionNames: Readonly<Record<keyof ActivationOptions, true>> = {
  ...layerOptionNames,
  activation: true,
};

/** Applies a function to each value; 'softmax' to the last axis. */
export class Activation extends Layer {
  static readonly className = 'Activation';
  readonly activation: ActivationName;

  constructor(options: ActivationOptions) {
    super(Activation.className, 'activation', options, optionNames);
    this.activation = oneOf(this.place, 'activation', options.activation, activationNames);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return input;
  }

  override lower(lowering: LayerLowering): number {
    return lowerActivation(lowering, lowering.inputs[0] ?? -1, this.activation);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), activation: this.activation };
  }
}

registerLayer(
  Activation.className,
  (config) => new Activation(config as unknown as ActivationOptions),
);
