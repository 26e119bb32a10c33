import { OptionError, ShapeError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { wholeNumber } from '../errors/optionValues.js';
import { lowerActivation } from './activationFunction.js';
import { Kernel, kernelOptionNames, type KernelOptions } from './kernelOptions.js';
import { Layer } from './layer.js';
import type { LayerConfig, LayerWeight } from './layerOptions.js';
import { longestAxis } from './limits.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import { shapeText, type SampleShape } from './shape.js';
import { checkDataFormat, requireImages, Window2d, type Padding } from './window2d.js';

export interface Conv2DOptions extends KernelOptions {
  /** Output channels, at least 1. */
  readonly filters: number;
  /** One number, or [height, width]. */
  readonly kernelSize: number | readonly [number, number];
  /** Default 1. */
  readonly strides?: number | readonly [number, number];
  /** 'valid' (default), 'same' or [[top, bottom], [left, right]]. */
  readonly padding?: Padding;
  /** Default 1. */
  readonly dilationRate?: number | readonly [number, number];
  /** Splits input channels and filters into this many independent parts. Default 1. */
  readonly groups?: number;
  /** Only 'channelsLast'. */
  readonly dataFormat?: 'channelsLast';
}

const optionNames: Readonly<Record<keyof Conv2DOptions, true>> = {
  ...kernelOptionNames,
  filters: true,
  kernelSize: true,
  strides: true,
  padding: true,
  dilationRate: true,
  groups: true,
  dataFormat: true,
};

/**
 * Convolution of images [N,H,W,C] to [N,H',W',filters] (cross-correlation, as in Keras).
 * Weights: kernel [kh,kw,C/groups,filters], bias [filters].
 */
export class Conv2D extends Layer {
  static readonly className = 'Conv2D';
  readonly filters: number;
  readonly groups: number;
  private readonly window: Window2d;
  private readonly kernel: Kernel;

  constructor(options: Conv2DOptions) {
    super(Conv2D.className, 'conv2d', options, optionNames);
    const { place } = this;
    checkDataFormat(place, options.dataFormat);
    this.filters = wholeNumber(place, 'filters', options.filters, 1, longestAxis);
    this.window = new Window2d(place, {
      sizeOption: 'kernelSize',
      size: options.kernelSize,
      strides: options.strides ?? 1,
      padding: options.padding,
      dilationRate: options.dilationRate,
    });
    this.groups = wholeNumber(place, 'groups', options.groups ?? 1, 1);
    this.kernel = new Kernel(place, options);
    if (this.filters % this.groups !== 0) {
      throw new OptionError(
        `filters is ${this.filters}, no multiple of groups ${shown(this.groups)}`,
        { place },
      );
    }
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireImages(this.place, input);
    const channels = input[2] ?? 0;
    if (channels % this.groups !== 0) {
      throw new ShapeError(
        `expected input channels that are a multiple of groups ${this.groups}, got ` +
          `${shapeText(input)}; change groups or the filters of the layer before`,
        { place: this.place },
      );
    }
    return [...this.window.outputSize(this.place, input), this.filters];
  }

  protected override weightsOf([input = []]: readonly SampleShape[]): readonly LayerWeight[] {
    const channels = (input[2] ?? 0) / this.groups;
    return this.kernel.weights([...this.window.size, channels, this.filters]);
  }

  override lower(lowering: LayerLowering): number {
    const { window, groups, kernel } = this;
    const value = lowering.op({
      type: 'conv2d',
      inputs: lowering.inputs,
      weights: [lowering.weight('kernel'), lowering.weight('bias')],
      attributes: {
        strides: window.strides,
        padding: window.explicitPadding(lowering.inputShapes[0] ?? []),
        dilations: window.dilationRate,
        groups,
        activation: 'linear',
      },
    });
    return lowerActivation(lowering, value, kernel.activation, kernel.activation);
  }

  override getConfig(): LayerConfig {
    const { filters, groups, window } = this;
    return {
      ...super.getConfig(),
      filters,
      kernelSize: window.size,
      strides: window.strides,
      padding: window.padding,
      dilationRate: window.dilationRate,
      groups,
      ...this.kernel.getConfig(),
    };
  }
}

registerLayer(Conv2D.className, (config) => new Conv2D(config as unknown as Conv2DOptions));
