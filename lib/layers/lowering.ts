import type { Attributes } from '../native/program.js';
import type { SampleShape } from './shape.js';

/** An op to write. */
export interface LoweredOp {
  /** A forward op of docs/ops.md. */
  readonly type: string;
  /** Value ids. */
  readonly inputs: readonly number[];
  /** What weight() returned. */
  readonly weights?: readonly number[];
  readonly attributes?: Attributes;
  /** Told apart from the layer's other ops by this: 'relu' makes 'conv1/relu'. */
  readonly part?: string;
}

/** What a layer writes its ops through: one use of it, in one model. */
export interface LayerLowering {
  /** Value ids of the inputs. */
  readonly inputs: readonly number[];
  readonly inputShapes: readonly SampleShape[];
  readonly outputShape: SampleShape;
  /** The number of a weight of the layer, -1 when it has none of this name. */
  weight(name: string): number;
  /** Appends an op and returns the id of its value. */
  op(op: LoweredOp): number;
  /** A number for random draws that no other op of the model has. */
  stream(seed?: number): number;
}
