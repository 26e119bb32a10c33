import { OptionError, ShapeError } from '../errors/errors.js';
import { listOf } from '../errors/lists.js';
import { shown } from '../errors/shown.js';
import { highestRank } from '../tensor/shapes.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { elements, shapeText, type SampleShape } from './shape.js';

export interface ReshapeOptions extends LayerOptions {
  /** Sizes of one sample, without the batch axis; one of them may be -1. */
  readonly targetShape: readonly number[];
}

const optionNames: Readonly<Record<keyof ReshapeOptions, true>> = {
  ...layerOptionNames,
  targetShape: true,
};

function checkedTarget(place: string, target: unknown): readonly number[] {
  const limits = { longest: highestRank, expected: 'an array of sizes' };
  const sizes = listOf(place, 'targetShape', target, limits);
  const valid = sizes.every((n) => Number.isSafeInteger(n) && (n === -1 || Number(n) > 0));
  if (valid && sizes.filter((n) => n === -1).length <= 1) return sizes as readonly number[];
  throw new OptionError(
    `targetShape is ${shown(target)}; expected sizes of at least 1, at most one of them -1`,
    { place },
  );
}

/** The same values of each sample in another shape. */
export class Reshape extends Layer {
  static readonly className = 'Reshape';
  readonly targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    super(Reshape.className, 'reshape', options, optionNames);
    this.targetShape = checkedTarget(this.place, options.targetShape);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    const { targetShape } = this;
    const total = elements(input);
    const known = elements(targetShape.filter((n) => n !== -1));
    const missing = total / known;
    if (targetShape.includes(-1) ? Number.isInteger(missing) : known === total) {
      return targetShape.map((n) => (n === -1 ? missing : n));
    }
    throw new ShapeError(
      `the ${total} elements of a sample of ${shapeText(input)} do not fill targetShape ` +
        shown(targetShape),
      { place: this.place },
    );
  }

  override lower(lowering: LayerLowering): number {
    const { inputs, outputShape } = lowering;
    return lowering.op({ type: 'reshape', inputs, attributes: { shape: outputShape } });
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), targetShape: this.targetShape };
  }
}

registerLayer(Reshape.className, (config) => new Reshape(config as unknown as ReshapeOptions));
