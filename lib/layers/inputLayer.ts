import { OptionError } from '../errors/errors.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { givenSampleShape } from './givenShape.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import { countable } from './limits.js';
import { registerLayer } from './registry.js';
import type { BatchShape, SampleShape } from './shape.js';
import { addNode, type SymbolicTensor } from './symbolicTensor.js';

export type InputLayerOptions = LayerOptions;

/** Where data enters a model; input() makes one and returns its output. */
export class InputLayer extends Layer {
  static readonly className = 'InputLayer';
  readonly sampleShape: SampleShape;

  constructor(options: InputLayerOptions) {
    super(InputLayer.className, 'inputLayer', options, layerOptionNames);
    if (this.givenInputShape === undefined) {
      throw new OptionError('inputShape is missing; give the sizes of one sample', {
        place: this.place,
      });
    }
    this.sampleShape = countable(this.place, this.givenInputShape);
    addNode(this, [], [this.sampleShape]);
  }

  protected override get inputCount(): { readonly minimum: number; readonly maximum: number } {
    return { minimum: 0, maximum: 0 };
  }

  override get weights(): readonly [] {
    return [];
  }

  protected override outputShapeOf(): SampleShape {
    return this.sampleShape;
  }

  override lower(): number {
    // The model gives its inputs their ids before any layer is lowered.
    throw new OptionError('an input is not lowered', { place: this.place });
  }
}

registerLayer(InputLayer.className, (config: LayerConfig) => new InputLayer(config));

export interface InputOptions {
  /** Sizes of one sample, without the batch axis. */
  readonly shape?: readonly number[];
  /** As shape, with null for the batch axis in front. */
  readonly batchShape?: BatchShape;
  readonly name?: string;
}

const inputOptionNames: Readonly<Record<keyof InputOptions, true>> = {
  shape: true,
  batchShape: true,
  name: true,
};

/** The start of a functional model. Takes float32, int32 or uint8 data of this shape. */
export function input(options: InputOptions): SymbolicTensor {
  const place = 'input()';
  checkOptionNames(place, options, Object.keys(inputOptionNames));
  const { shape, batchShape, name } = options;
  const inputShape = givenSampleShape(place, { shape, batchShape });
  if (inputShape === undefined) {
    throw new OptionError('shape is missing; give the sizes of one sample', { place });
  }
  return new InputLayer({ inputShape, ...(name === undefined ? {} : { name }) }).output;
}
