import { Pooling2D, type Pooling2DOptions } from './pooling2d.js';
import { registerLayer } from './registry.js';

/** The largest value in each window. Padding counts as -infinity; of equals the first one wins. */
export class MaxPooling2D extends Pooling2D {
  static readonly className = 'MaxPooling2D';

  constructor(options: Pooling2DOptions = {}) {
    super(MaxPooling2D.className, 'maxPooling2d', options);
  }
}

registerLayer(MaxPooling2D.className, (config) => new MaxPooling2D(config));
