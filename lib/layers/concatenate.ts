import { OptionError, ShapeError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { sameShape } from '../tensor/shapes.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { shapeText, type SampleShape } from './shape.js';

export interface ConcatenateOptions extends LayerOptions {
  /** Counts the batch axis, which it cannot be; negative from the end. Default -1, the last. */
  readonly axis?: number;
}

const optionNames: Readonly<Record<keyof ConcatenateOptions, true>> = {
  ...layerOptionNames,
  axis: true,
};

/** Two or more inputs after one another along an axis; the other axes agree. */
export class Concatenate extends Layer {
  static readonly className = 'Concatenate';
  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(Concatenate.className, 'concatenate', options, optionNames);
    this.axis = options.axis ?? -1;
    if (!Number.isSafeInteger(this.axis) || this.axis === 0) {
      throw new OptionError(
        `axis is ${shown(this.axis)}; expected a whole number other than 0, the batch axis`,
        { place: this.place },
      );
    }
  }

  protected override get inputCount(): { readonly minimum: number; readonly maximum: number } {
    return { minimum: 2, maximum: Infinity };
  }

  // Counts the batch axis, from 1.
  private axisOf(input: SampleShape): number {
    const rank = input.length + 1;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    if (axis >= 1 && axis < rank) return axis;
    throw new ShapeError(
      `axis ${this.axis} is not an axis after the batch of ${shapeText(input)}`,
      {
        place: this.place,
      },
    );
  }

  protected override outputShapeOf(inputs: readonly SampleShape[]): SampleShape {
    const [first = []] = inputs;
    const axis = this.axisOf(first) - 1;
    const rest = (shape: SampleShape): SampleShape => shape.filter((_, i) => i !== axis);
    for (const shape of inputs) {
      if (shape.length === first.length && sameShape(rest(shape), rest(first))) continue;
      throw new ShapeError(
        `expected inputs that agree on every axis but ${axis + 1}, got ` +
          inputs.map(shapeText).join(' and '),
        { place: this.place },
      );
    }
    const total = inputs.reduce((sum, shape) => sum + (shape[axis] ?? 0), 0);
    return first.map((n, i) => (i === axis ? total : n));
  }

  override lower(lowering: LayerLowering): number {
    const { inputs, inputShapes } = lowering;
    const axis = this.axisOf(inputShapes[0] ?? []);
    return lowering.op({ type: 'concatenate', inputs, attributes: { axis } });
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), axis: this.axis };
  }
}

registerLayer(Concatenate.className, (config) => new Concatenate(config));
