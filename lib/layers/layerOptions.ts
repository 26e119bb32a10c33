import type { Initializer } from '../initializers/initializer.js';
import type { L1L2 } from '../regularizers/regularizer.js';
import type { BatchShape } from './shape.js';

/** Options that every layer has. */
export interface LayerOptions {
  /** Unique within a model. Default: made of the layer's kind, 'conv2d', 'conv2d_1'. */
  readonly name?: string;
  /** false freezes the weights, from the next compile() on. Default true. */
  readonly trainable?: boolean;
  /** Sizes of one sample, without the batch axis: needed by the first layer of sequential(). */
  readonly inputShape?: readonly number[];
  /** As inputShape, with null for the batch axis in front. */
  readonly batchInputShape?: BatchShape;
}

export const layerOptionNames: Readonly<Record<keyof LayerOptions, true>> = {
  name: true,
  trainable: true,
  inputShape: true,
  batchInputShape: true,
};

/** A weight that a layer asks for. */
export interface LayerWeight {
  /** Within its layer: 'kernel'. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** false for statistics that training updates without gradients. */
  readonly trainable: boolean;
  readonly regularizer?: L1L2 | undefined;
}

/** Options as a saved model holds them; the layer's constructor takes them. */
export type LayerConfig = Readonly<Record<string, unknown>>;
