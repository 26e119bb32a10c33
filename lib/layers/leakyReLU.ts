import { realNumber } from '../errors/optionValues.js';
import { lowerActivation } from './activationFunction.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface LeakyReLUOptions extends LayerOptions {
  /** Slope below 0, at least 0; default 0.3. */
  readonly alpha?: number;
}

const optionNames: Readonly<Record<keyof LeakyReLUOptions, true>> = {
  ...layerOptionNames,
  alpha: true,
};

/** x where x is above 0, alpha x elsewhere. */
export class LeakyReLU extends Layer {
  static readonly className = 'LeakyReLU';
  readonly alpha: number;

  constructor(options: LeakyReLUOptions = {}) {
    super(LeakyReLU.className, 'leakyReLU', options, optionNames);
    this.alpha = realNumber(this.place, 'alpha', options.alpha ?? 0.3, { minimum: 0 });
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return input;
  }

  override lower(lowering: LayerLowering): number {
    const [input = -1] = lowering.inputs;
    return lowerActivation(lowering, input, 'leakyRelu', undefined, this.alpha);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}

registerLayer(LeakyReLU.className, (config) => new LeakyReLU(config));
