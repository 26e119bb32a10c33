import { lowerActivation } from './activationFunction.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

/** max(x, 0). */
export class ReLU extends Layer {
  static readonly className = 'ReLU';

  constructor(options: LayerOptions = {}) {
    super(ReLU.className, 'reLU', options, layerOptionNames);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    return input;
  }

  override lower(lowering: LayerLowering): number {
    return lowerActivation(lowering, lowering.inputs[0] ?? -1, 'relu');
  }
}

registerLayer(ReLU.className, (config) => new ReLU(config));
