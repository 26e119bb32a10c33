import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import { longestWindow } from './limits.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';
import { requireImages } from './window2d.js';

export interface LocalResponseNormalizationOptions extends LayerOptions {
  /** Channels to each side, r; the window is 2r+1 wide. Default 5. */
  readonly depthRadius?: number;
  /** Above 0, default 1. */
  readonly bias?: number;
  /** Not divided by the window's size. Default 1. */
  readonly alpha?: number;
  /** Default 0.5. */
  readonly beta?: number;
}

const optionNames: Readonly<Record<keyof LocalResponseNormalizationOptions, true>> = {
  ...layerOptionNames,
  depthRadius: true,
  bias: true,
  alpha: true,
  beta: true,
};

/**
 * y = x / (bias + alpha sum of x^2 over the channels within depthRadius)^beta, the window clipped
 * at both ends: TensorFlow's form and defaults. Caffe, PyTorch and cuDNN divide alpha by 2r+1.
 */
export class LocalResponseNormalization extends Layer {
  static readonly className = 'LocalResponseNormalization';
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;

  constructor(options: LocalResponseNormalizationOptions = {}) {
    const kind = 'localResponseNormalization';
    super(LocalResponseNormalization.className, kind, options, optionNames);
    const { place } = this;
    this.depthRadius = wholeNumber(
      place,
      'depthRadius',
      options.depthRadius ?? 5,
      0,
      longestWindow,
    );
    this.bias = realNumber(place, 'bias', options.bias ?? 1, { minimum: 0, above: true });
    this.alpha = realNumber(place, 'alpha', options.alpha ?? 1, { minimum: 0 });
    this.beta = realNumber(place, 'beta', options.beta ?? 0.5, { minimum: 0 });
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireImages(this.place, input);
    return input;
  }

  override lower(lowering: LayerLowering): number {
    const { depthRadius, bias, alpha, beta } = this;
    return lowering.op({
      type: 'localResponseNormalization',
      inputs: lowering.inputs,
      attributes: { depthRadius, bias, alpha, beta },
    });
  }

  override getConfig(): LayerConfig {
    const { depthRadius, bias, alpha, beta } = this;
    return { ...super.getConfig(), depthRadius, bias, alpha, beta };
  }
}

registerLayer(
  LocalResponseNormalization.className,
  (config) => new LocalResponseNormalization(config),
);
