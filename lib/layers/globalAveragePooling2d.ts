import { Layer } from './layer.js';
import { layerOptionNames, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';
import { checkDataFormat, requireImages } from './window2d.js';

export interface GlobalAveragePooling2DOptions extends LayerOptions {
  /** Only 'channelsLast'. */
  readonly dataFormat?: 'channelsLast';
}

const optionNames: Readonly<Record<keyof GlobalAveragePooling2DOptions, true>> = {
  ...layerOptionNames,
  dataFormat: true,
};

/** The mean of each channel: [N,H,W,C] to [N,C]. */
export class GlobalAveragePooling2D extends Layer {
  static readonly className = 'GlobalAveragePooling2D';

  constructor(options: GlobalAveragePooling2DOptions = {}) {
    super(GlobalAveragePooling2D.className, 'globalAveragePooling2d', options, optionNames);
    checkDataFormat(this.place, options.dataFormat);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireImages(this.place, input);
    return input.slice(2);
  }

  override lower(lowering: LayerLowering): number {
    return lowering.op({ type: 'globalAveragePooling2d', inputs: lowering.inputs });
  }
}

registerLayer(GlobalAveragePooling2D.className, (config) => new GlobalAveragePooling2D(config));
