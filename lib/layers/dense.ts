import { ShapeError } from '../errors/errors.js';
import { wholeNumber } from '../errors/optionValues.js';
import { lowerActivation } from './activationFunction.js';
import { Kernel, kernelOptionNames, type KernelOptions } from './kernelOptions.js';
import { Layer } from './layer.js';
import type { LayerConfig, LayerWeight } from './layerOptions.js';
import { longestAxis } from './limits.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { shapeText, type SampleShape } from './shape.js';

export interface DenseOptions extends KernelOptions {
  /** Length of the output's last axis, at least 1. */
  readonly units: number;
}

const optionNames: Readonly<Record<keyof DenseOptions, true>> = {
  ...kernelOptionNames,
  units: true,
};

/**
 * Multiplies the last axis by a matrix: [...,I] to [...,units].
 * Weights: kernel [I,units], bias [units].
 */
export class Dense extends Layer {
  static readonly className = 'Dense';
  readonly units: number;
  private readonly kernel: Kernel;

  constructor(options: DenseOptions) {
    super(Dense.className, 'dense', options, optionNames);
    this.units = wholeNumber(this.place, 'units', options.units, 1, longestAxis);
    this.kernel = new Kernel(this.place, options);
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    if (input.length > 0) return [...input.slice(0, -1), this.units];
    throw new ShapeError(
      `expected input of rank 2 or more, got ${shapeText(input)}; put reshape({targetShape: [1]}) ` +
        'before it',
      { place: this.place },
    );
  }

  protected override weightsOf([input = []]: readonly SampleShape[]): readonly LayerWeight[] {
    return this.kernel.weights([input.at(-1) ?? 0, this.units]);
  }

  override lower(lowering: LayerLowering): number {
    const { activation } = this.kernel;
    const value = lowering.op({
      type: 'dense',
      inputs: lowering.inputs,
      weights: [lowering.weight('kernel'), lowering.weight('bias')],
      attributes: { activation: 'linear' },
    });
    return lowerActivation(lowering, value, activation, activation);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), units: this.units, ...this.kernel.getConfig() };
  }
}

registerLayer(Dense.className, (config) => new Dense(config as unknown as DenseOptions));
