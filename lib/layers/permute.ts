import { OptionError, ShapeError } from '../errors/errors.js';
import { listOf } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { highestRank } from '../tensor/shapes.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { shapeText, type SampleShape } from './shape.js';

export interface PermuteOptions extends LayerOptions {
  /** The axes of one sample in their new order, counted from 1, each once. */
  readonly dims: readonly number[];
}

const optionNames: Readonly<Record<keyof PermuteOptions, true>> = {
  ...layerOptionNames,
  dims: true,
};

function checkedDims(place: string, dims: unknown): readonly number[] {
  const limits = { longest: highestRank, expected: 'an array of axes' };
  const axes = listOf(place, 'dims', dims, limits);
  const each = axes.every((_, i) => axes.includes(i + 1));
  if (axes.length > 0 && each) return axes as readonly number[];
  throw new OptionError(`dims is ${shown(dims)}; expected each axis from 1 on, once: [2, 1]`, {
    place,
  });
}

/** The axes of each sample in another order. */
export class Permute extends Layer {
  static readonly className = 'Permute';
  readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    super(Permute.className, 'permute', options, optionNames);
    this.dims = checkedDims(this.place, options.dims);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    if (input.length !== this.dims.length) {
      throw new ShapeError(
        `dims ${shown(this.dims)} names ${this.dims.length} axes; a sample of ${shapeText(input)} ` +
          `has ${input.length}`,
        { place: this.place },
      );
    }
    return this.dims.map((axis) => input[axis - 1] ?? 0);
  }

  override lower(lowering: LayerLowering): number {
    const { inputs } = lowering;
    return lowering.op({ type: 'permute', inputs, attributes: { dims: this.dims } });
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), dims: this.dims };
  }
}

registerLayer(Permute.className, (config) => new Permute(config as unknown as PermuteOptions));
