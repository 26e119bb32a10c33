import { oneOf } from '../errors/optionNames.js';
import { pairOf } from '../errors/optionValues.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import { longestWindow } from './limits.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';
import { checkDataFormat, requireImages } from './window2d.js';

export interface UpSampling2DOptions extends LayerOptions {
  /** Factors: one number, or [height, width]. Default 2. */
  readonly size?: number | readonly [number, number];
  /** Only 'nearest': each pixel is repeated. */
  readonly interpolation?: 'nearest';
  /** Only 'channelsLast'. */
  readonly dataFormat?: 'channelsLast';
}

const optionNames: Readonly<Record<keyof UpSampling2DOptions, true>> = {
  ...layerOptionNames,
  size: true,
  interpolation: true,
  dataFormat: true,
};

/** Images [N,H,W,C] made larger by whole factors: [N,H size[0],W size[1],C]. */
export class UpSampling2D extends Layer {
  static readonly className = 'UpSampling2D';
  readonly size: readonly [number, number];

  constructor(options: UpSampling2DOptions = {}) {
    super(UpSampling2D.className, 'upSampling2d', options, optionNames);
    checkDataFormat(this.place, options.dataFormat);
    oneOf(this.place, 'interpolation', options.interpolation ?? 'nearest', ['nearest']);
    this.size = pairOf(this.place, 'size', options.size ?? 2, 1, longestWindow);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireImages(this.place, input);
    const [height = 0, width = 0, channels = 0] = input;
    return [height * this.size[0], width * this.size[1], channels];
  }

  override lower(lowering: LayerLowering): number {
    const { inputs } = lowering;
    return lowering.op({ type: 'upSampling2d', inputs, attributes: { size: this.size } });
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), size: this.size };
  }
}

registerLayer(UpSampling2D.className, (config) => new UpSampling2D(config));
