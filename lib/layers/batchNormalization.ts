import { realNumber, trueOrFalse } from '../errors/optionValues.js';
import {
  resolveInitializer,
  type Initializer,
  type InitializerOption,
} from '../initializers/initializer.js';
import {
  resolveRegularizer,
  type L1L2,
  type RegularizerOption,
} from '../regularizers/regularizer.js';
import { checkedAxis, requireLastAxis } from './lastAxis.js';
import { Layer } from './layer.js';
import {
  layerOptionNames,
  type LayerConfig,
  type LayerOptions,
  type LayerWeight,
} from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import { registerLayer } from './registry.js';
import type { SampleShape } from './shape.js';

export interface BatchNormalizationOptions extends LayerOptions {
  /** Only the last axis, -1. */
  readonly axis?: number;
  /** Of the moving averages: moving = momentum moving + (1 - momentum) batch. Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance, default 0.001. */
  readonly epsilon?: number;
  /** Whether to add beta, default true. */
  readonly center?: boolean;
  /** Whether to multiply by gamma, default true. */
  readonly scale?: boolean;
  /** Default 'zeros'. */
  readonly betaInitializer?: InitializerOption;
  /** Default 'ones'. */
  readonly gammaInitializer?: InitializerOption;
  /** Default 'zeros'. */
  readonly movingMeanInitializer?: InitializerOption;
  /** Default 'ones'. */
  readonly movingVarianceInitializer?: InitializerOption;
  readonly betaRegularizer?: RegularizerOption | null;
  readonly gammaRegularizer?: RegularizerOption | null;
}

const optionNames: Readonly<Record<keyof BatchNormalizationOptions, true>> = {
  ...layerOptionNames,
  axis: true,
  momentum: true,
  epsilon: true,
  center: true,
  scale: true,
  betaInitializer: true,
  gammaInitializer: true,
  movingMeanInitializer: true,
  movingVarianceInitializer: true,
  betaRegularizer: true,
  gammaRegularizer: true,
};

const defaults = { gamma: 'ones', beta: 'zeros', movingMean: 'zeros', movingVariance: 'ones' };
const weightNames = ['gamma', 'beta', 'movingMean', 'movingVariance'] as const;
type WeightName = (typeof weightNames)[number];

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta for each channel of [...,C]: with the
 * batch's mean and biased variance in training, with the moving averages otherwise and when frozen
 * (`trainable: false`). Weights, each [C]: gamma, beta, movingMean, movingVariance.
 */
export class BatchNormalization extends Layer {
  static readonly className = 'BatchNormalization';
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  private readonly axis: number;
  private readonly initializers: Readonly<Record<WeightName, Initializer>>;
  private readonly regularizers: Readonly<Partial<Record<WeightName, L1L2 | undefined>>>;

  constructor(options: BatchNormalizationOptions = {}) {
    super(BatchNormalization.className, 'batchNormalization', options, optionNames);
    const { place } = this;
    this.axis = checkedAxis(place, options.axis);
    const momentum = options.momentum ?? 0.99;
    this.momentum = realNumber(place, 'momentum', momentum, { minimum: 0, maximum: 1 });
    const epsilon = options.epsilon ?? 1e-3;
    this.epsilon = realNumber(place, 'epsilon', epsilon, { minimum: 0, above: true });
    this.center = trueOrFalse(place, 'center', options.center ?? true);
    this.scale = trueOrFalse(place, 'scale', options.scale ?? true);
    const initializer = (name: WeightName): Initializer => {
      const option = `${name}Initializer` as const;
      return resolveInitializer(place, option, options[option] ?? defaults[name]);
    };
    this.initializers = {
      gamma: initializer('gamma'),
      beta: initializer('beta'),
      movingMean: initializer('movingMean'),
      movingVariance: initializer('movingVariance'),
    };
    this.regularizers = {
      gamma: resolveRegularizer(place, 'gammaRegularizer', options.gammaRegularizer),
      beta: resolveRegularizer(place, 'betaRegularizer', options.betaRegularizer),
    };
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireLastAxis(this.place, this.axis, input);
    return input;
  }

  protected override weightsOf([input = []]: readonly SampleShape[]): readonly LayerWeight[] {
    const present = {
      gamma: this.scale,
      beta: this.center,
      movingMean: true,
      movingVariance: true,
    };
    return weightNames
      .filter((name) => present[name])
      .map((name) => ({
        name,
        shape: input.slice(-1),
        initializer: this.initializers[name],
        regularizer: this.regularizers[name],
        trainable: !name.startsWith('moving'),
      }));
  }

  override lower(lowering: LayerLowering): number {
    const { epsilon, momentum } = this;
    return lowering.op({
      type: 'batchNormalization',
      inputs: lowering.inputs,
      weights: weightNames.map((name) => lowering.weight(name)),
      attributes: { epsilon, momentum, training: this.trainable },
    });
  }

  override getConfig(): LayerConfig {
    const { axis, momentum, epsilon, center, scale } = this;
    const initializerConfigs = Object.entries(this.initializers).map(([name, initializer]) => [
      `${name}Initializer`,
      initializer.getConfig(),
    ]);
    const regularizerConfigs = Object.entries(this.regularizers).flatMap(([name, regularizer]) =>
      regularizer === undefined ? [] : [[`${name}Regularizer`, regularizer.getConfig()]],
    );
    return {
      ...super.getConfig(),
      axis,
      momentum,
      epsilon,
      center,
      scale,
      ...(Object.fromEntries([...initializerConfigs, ...regularizerConfigs]) as LayerConfig),
    };
  }
}

registerLayer(BatchNormalization.className, (config) => new BatchNormalization(config));
