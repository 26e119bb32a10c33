import { realNumber } from '../errors/optionValues.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface RescalingOptions extends LayerOptions {
  /** 1 / 255 brings bytes to [0,1]. */
  readonly scale: number;
  /** Default 0. */
  readonly offset?: number;
}

const optionNames: Readonly<Record<keyof RescalingOptions, true>> = {
  ...layerOptionNames,
  scale: true,
  offset: true,
};

/** scale x + offset. */
export class Rescaling extends Layer {
  static readonly className = 'Rescaling';
  readonly scale: number;
  readonly offset: number;

  constructor(options: RescalingOptions) {
    super(Rescaling.className, 'rescaling', options, optionNames);
    this.scale = realNumber(this.place, 'scale', options.scale);
    this.offset = realNumber(this.place, 'offset', options.offset ?? 0);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return input;
  }

  override lower(lowering: LayerLowering): number {
    const { scale, offset } = this;
    const { inputs } = lowering;
    return lowering.op({ type: 'rescaling', inputs, attributes: { scale, offset } });
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset };
  }
}

registerLayer(
  Rescaling.className,
  (config) => new Rescaling(config as unknown as RescalingOptions),
);
