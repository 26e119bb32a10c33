import { realNumber } from '../errors/optionValues.js';
import { lowerActivation } from './activationFunction.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface ELUOptions extends LayerOptions {
  /** Scale below 0, at least 0; default 1. */
  readonly alpha?: number;
}

const optionNames: Readonly<Record<keyof ELUOptions, true>> = {
  ...layerOptionNames,
  alpha: true,
};

/** x where x is above 0, alpha (exp(x) - 1) elsewhere. */
export class ELU extends Layer {
  static readonly className = 'ELU';
  readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    super(ELU.className, 'elu', options, optionNames);
    this.alpha = realNumber(this.place, 'alpha', options.alpha ?? 1, { minimum: 0 });
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return input;
  }

  override lower(lowering: LayerLowering): number {
    const [input = -1] = lowering.inputs;
    return lowerActivation(lowering, input, 'elu', undefined, this.alpha);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}

registerLayer(ELU.className, (config) => new ELU(config));
