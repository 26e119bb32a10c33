import { trueOrFalse } from '../errors/optionValues.js';
import {
  resolveInitializer,
  type Initializer,
  type InitializerName,
  type InitializerOption,
} from '../initializers/initializer.js';
import {
  resolveRegularizer,
  type L1L2,
  type RegularizerOption,
} from '../regularizers/regularizer.js';
import { resolveActivation, type ActivationName } from './activationFunction.js';
import { layerOptionNames, type LayerOptions, type LayerWeight } from './layerOptions.js';

/** Options of the layers with a kernel: conv2d and dense. */
export interface KernelOptions extends LayerOptions {
  /** Default 'linear'. */
  readonly activation?: ActivationName;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default 'glorotUniform'. */
  readonly kernelInitializer?: InitializerOption;
  /** Default 'zeros'. */
  readonly biasInitializer?: InitializerOption;
  readonly kernelRegularizer?: RegularizerOption | null;
  readonly biasRegularizer?: RegularizerOption | null;
}

export const kernelOptionNames: Readonly<Record<keyof KernelOptions, true>> = {
  ...layerOptionNames,
  activation: true,
  useBias: true,
  kernelInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  biasRegularizer: true,
};

/** The checked options and the weights they describe. */
export class Kernel {
  readonly activation: ActivationName;
  readonly useBias: boolean;
  private readonly kernelInitializer: Initializer;
  private readonly biasInitializer: Initializer;
  private readonly kernelRegularizer: L1L2 | undefined;
  private readonly biasRegularizer: L1L2 | undefined;

  constructor(place: string, options: KernelOptions) {
    this.activation = resolveActivation(place, options.activation);
    this.useBias = trueOrFalse(place, 'useBias', options.useBias ?? true);
    const initializer = (
      option: 'kernelInitializer' | 'biasInitializer',
      fallback: InitializerName,
    ): Initializer => resolveInitializer(place, option, options[option] ?? fallback);
    this.kernelInitializer = initializer('kernelInitializer', 'glorotUniform');
    this.biasInitializer = initializer('biasInitializer', 'zeros');
    const regularizer = (option: 'kernelRegularizer' | 'biasRegularizer'): L1L2 | undefined =>
      resolveRegularizer(place, option, options[option]);
    this.kernelRegularizer = regularizer('kernelRegularizer');
    this.biasRegularizer = regularizer('biasRegularizer');
  }

  /** A kernel of this shape and, with useBias, a bias as long as its last axis. */
  weights(shape: readonly number[]): LayerWeight[] {
    const kernel: LayerWeight = {
      name: 'kernel',
      shape,
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
      trainable: true,
    };
    if (!this.useBias) return [kernel];
    const bias: LayerWeight = {
      name: 'bias',
      shape: shape.slice(-1),
      initializer: this.biasInitializer,
      regularizer: this.biasRegularizer,
      trainable: true,
    };
    return [kernel, bias];
  }

  getConfig(): Readonly<Record<string, unknown>> {
    const { activation, useBias, kernelRegularizer, biasRegularizer } = this;
    return {
      activation,
      useBias,
      kernelInitializer: this.kernelInitializer.getConfig(),
      biasInitializer: this.biasInitializer.getConfig(),
      ...(kernelRegularizer ? { kernelRegularizer: kernelRegularizer.getConfig() } : {}),
      ...(biasRegularizer ? { biasRegularizer: biasRegularizer.getConfig() } : {}),
    };
  }
}
