import { ShapeError } from '../errors/errors.js';
import { sameShape } from '../tensor/shapes.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { shapeText, type SampleShape } from './shape.js';

/** The sum of two or more inputs of one shape. */
export class Add extends Layer {
  static readonly className = 'Add';

  constructor(options: LayerOptions = {}) {
    super(Add.className, 'add', options, layerOptionNames);
  }

  protected override get inputCount(): { readonly minimum: number; readonly maximum: number } {
    return { minimum: 2, maximum: Infinity };
  }

  protected override outputShapeOf([first = [], ...rest]: readonly SampleShape[]): SampleShape {
    const other = rest.find((shape) => !sameShape(shape, first));
    if (other === undefined) return first;
    throw new ShapeError(
      `expected inputs of one shape, got ${shapeText(first)} and ${shapeText(other)}; a conv2d ` +
        'with kernelSize 1 changes the number of channels',
      { place: this.place },
    );
  }

  override lower(lowering: LayerLowering): number {
    return lowering.op({ type: 'add', inputs: lowering.inputs });
  }
}

registerLayer(Add.className, (config) => new Add(config));
