import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface DropoutOptions extends LayerOptions {
  /** The share of values set to zero, from 0 to 1. */
  readonly rate: number;
  /** Chooses the masks together with the model's seed. Default: the layer's place in the model. */
  readonly seed?: number;
}

const optionNames: Readonly<Record<keyof DropoutOptions, true>> = {
  ...layerOptionNames,
  rate: true,
  seed: true,
};

/**
 * In training sets each value to zero with probability `rate` and multiplies the others by
 * 1 / (1 - rate); otherwise changes nothing.
 */
export class Dropout extends Layer {
  static readonly className = 'Dropout';
  readonly rate: number;
  readonly seed: number | undefined;

  constructor(options: DropoutOptions) {
    super(Dropout.className, 'dropout', options, optionNames);
    const { place } = this;
    this.rate = realNumber(place, 'rate', options.rate, { minimum: 0, maximum: 1 });
    if (options.seed !== undefined) this.seed = wholeNumber(place, 'seed', options.seed, 0);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return input;
  }

  override lower(lowering: LayerLowering): number {
    const { rate, seed } = this;
    const stream = lowering.stream(seed);
    return lowering.op({ type: 'dropout', inputs: lowering.inputs, attributes: { rate, stream } });
  }

  override getConfig(): LayerConfig {
    const { rate, seed } = this;
    return { ...super.getConfig(), rate, ...(seed === undefined ? {} : { seed }) };
  }
}

registerLayer(Dropout.className, (config) => new Dropout(config as unknown as DropoutOptions));
