import { Layer } from './layer.js';
import { layerOptionNames, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { elements, type SampleShape } from './shape.js';
import { checkDataFormat } from './window2d.js';

export interface FlattenOptions extends LayerOptions {
  /** Only 'channelsLast'. */
  readonly dataFormat?: 'channelsLast';
}

const optionNames: Readonly<Record<keyof FlattenOptions, true>> = {
  ...layerOptionNames,
  dataFormat: true,
};

/** Each sample as one vector: [N,H,W,C] to [N,H*W*C]. */
export class Flatten extends Layer {
  static readonly className = 'Flatten';

  constructor(options: FlattenOptions = {}) {
    super(Flatten.className, 'flatten', options, optionNames);
    checkDataFormat(this.place, options.dataFormat);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return [elements(input)];
  }

  override lower(lowering: LayerLowering): number {
    const { inputs, outputShape } = lowering;
    return lowering.op({ type: 'reshape', inputs, attributes: { shape: outputShape } });
  }
}

registerLayer(Flatten.className, (config) => new Flatten(config));
