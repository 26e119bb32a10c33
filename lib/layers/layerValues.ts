import type { Tensor } from '../tensor/tensor.js';
import type { Layer } from './layer.js';

/** Reads and writes the values of a layer's weights, which live with the models that use it. */
export interface LayerValues {
  read(layer: Layer): Promise<Tensor[]>;
  write(layer: Layer, values: readonly Tensor[]): Promise<void>;
}

let provided: LayerValues | undefined;

/** Called once by what knows where weights live. */
export function provideLayerValues(values: LayerValues): void {
  provided = values;
}

/** Undefined where no model can have been made. */
export function layerValues(): LayerValues | undefined {
  return provided;
}
