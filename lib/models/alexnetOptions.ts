import { OptionError } from '../errors/errors.js';
import { checkOptionNames, oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { realNumber, wholeNumber } from '../errors/optionValues.js';
import { Constant, Zeros } from '../initializers/constants.js';
import type { InitializerOption } from '../initializers/initializer.js';
import { RandomNormal } from '../initializers/random.js';
import type { ActivationName } from '../layers/activationFunction.js';
import { modelOptionNames, type ModelOptions } from '../model/modelStructure.js';

/** Local response normalization as layers.localResponseNormalization() takes it. */
export interface LrnOptions {
  readonly depthRadius?: number;
  readonly bias?: number;
  /** Not divided by the window's size. */
  readonly alpha?: number;
  readonly beta?: number;
}

export interface AlexnetOptions extends ModelOptions {
  /**
   * - 'paper' (default): Krizhevsky et al. 2012. Two groups in conv2, conv4 and conv5; LRN with
   *   k = 2, n = 5, alpha = 1e-4, beta = 0.75 before pooling; weights N(0, 0.01), biases 1 in
   *   conv2, conv4, conv5, fc6 and fc7.
   * - 'caffe': Caffe's bvlc_alexnet. As the paper, with LRN k = 1 and alpha = 1e-4 / 5 (Caffe
   *   divides alpha by n), biases 0.1, and weights N(0, 0.005) in fc6 and fc7.
   * - 'plain': no groups, no LRN; glorotUniform weights and zero biases.
   */
  readonly variant?: 'paper' | 'caffe' | 'plain';
  /** [height, width, channels]. Default [227, 227, 3]. */
  readonly inputShape?: readonly number[];
  /** Units of the last layer. Default 1000. */
  readonly classes?: number;
  /** Of conv2, conv4 and conv5. Default 2; 'plain': 1. */
  readonly groups?: number;
  /** false: none. Default: the variant's. */
  readonly lrn?: false | LrnOptions;
  /** LRN before or after pooling; 'beforePool' in the paper, in Caffe, and by default. */
  readonly lrnOrder?: 'beforePool' | 'afterPool';
  /** Rate after fc6 and fc7; 0: none. Default 0.5. */
  readonly dropout?: number;
  /** Default 'softmax'. */
  readonly lastActivation?: ActivationName;
  /** Of all layers. Default: the variant's. */
  readonly kernelInitializer?: InitializerOption;
  /** Of all layers. Default: the variant's. */
  readonly biasInitializer?: InitializerOption;
}

const optionNames: Readonly<Record<keyof AlexnetOptions, true>> = {
  ...modelOptionNames,
  variant: true,
  inputShape: true,
  classes: true,
  groups: true,
  lrn: true,
  lrnOrder: true,
  dropout: true,
  lastActivation: true,
  kernelInitializer: true,
  biasInitializer: true,
};

/** The layers with weights, by Caffe's names. */
export type AlexnetLayer = 'conv1' | 'conv2' | 'conv3' | 'conv4' | 'conv5' | 'fc6' | 'fc7' | 'fc8';

interface Initializers {
  readonly kernelInitializer: InitializerOption;
  readonly biasInitializer: InitializerOption;
}

/** What a variant says where an option is silent. */
interface Variant {
  readonly groups: number;
  readonly lrn: false | Required<LrnOptions>;
  readonly initializers: (layer: AlexnetLayer) => Initializers;
}

// "the second, fourth, and fifth convolutional layers, as well as ... the fully-connected hidden
// layers": the paper's section 5.
const biased: readonly AlexnetLayer[] = ['conv2', 'conv4', 'conv5', 'fc6', 'fc7'];

function biasOf(layer: AlexnetLayer, value: number): InitializerOption {
  return biased.includes(layer) ? new Constant({ value }) : new Zeros();
}

const variants: Readonly<Record<'paper' | 'caffe' | 'plain', Variant>> = {
  paper: {
    groups: 2,
    lrn: { depthRadius: 2, bias: 2, alpha: 1e-4, beta: 0.75 },
    initializers: (layer) => ({
      kernelInitializer: new RandomNormal({ stddev: 0.01 }),
      biasInitializer: biasOf(layer, 1),
    }),
  },
  caffe: {
    groups: 2,
    lrn: { depthRadius: 2, bias: 1, alpha: 2e-5, beta: 0.75 },
    initializers: (layer) => ({
      kernelInitializer: new RandomNormal({
        stddev: layer === 'fc6' || layer === 'fc7' ? 0.005 : 0.01,
      }),
      biasInitializer: biasOf(layer, 0.1),
    }),
  },
  plain: {
    groups: 1,
    lrn: false,
    initializers: () => ({ kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' }),
  },
};

/** The options with the variant's where none are given, checked. */
export interface AlexnetSettings {
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly groups: number;
  readonly lrn: false | LrnOptions;
  readonly lrnOrder: 'beforePool' | 'afterPool';
  readonly dropout: number;
  readonly lastActivation: ActivationName;
  readonly initializers: (layer: AlexnetLayer) => Initializers;
}

function checkedLrn(place: string, lrn: unknown, fallback: Variant['lrn']): false | LrnOptions {
  if (lrn === undefined) return fallback;
  if (lrn === false) return false;
  if (typeof lrn !== 'object') {
    throw new OptionError(
      `lrn is ${shown(lrn)}; expected false or {depthRadius, bias, alpha, beta}`,
      { place },
    );
  }
  checkOptionNames(`${place} lrn`, lrn, ['depthRadius', 'bias', 'alpha', 'beta']);
  return { ...(fallback || variants.paper.lrn), ...lrn };
}

/** Checks the options; ERR_OPTION names the one at fault. */
export function alexnetSettings(options: AlexnetOptions): AlexnetSettings {
  const place = 'alexnet()';
  checkOptionNames(place, options, Object.keys(optionNames));
  const names = Object.keys(variants) as (keyof typeof variants)[];
  const variant = variants[oneOf(place, 'variant', options.variant ?? 'paper', names)];
  const { kernelInitializer, biasInitializer } = options;
  return {
    inputShape: options.inputShape ?? [227, 227, 3],
    classes: wholeNumber(place, 'classes', options.classes ?? 1000, 1),
    groups: wholeNumber(place, 'groups', options.groups ?? variant.groups, 1),
    lrn: checkedLrn(place, options.lrn, variant.lrn),
    lrnOrder: oneOf(place, 'lrnOrder', options.lrnOrder ?? 'beforePool', [
      'beforePool',
      'afterPool',
    ]),
    dropout: realNumber(place, 'dropout', options.dropout ?? 0.5, { minimum: 0, maximum: 1 }),
    lastActivation: options.lastActivation ?? 'softmax',
    initializers: (layer) => ({
      ...variant.initializers(layer),
      ...(kernelInitializer === undefined ? {} : { kernelInitializer }),
      ...(biasInitializer === undefined ? {} : { biasInitializer }),
    }),
  };
}
