import { Pooling2D, type Pooling2DOptions } from './pooling2d.js';
import { registerLayer } from './registry.js';

/** The mean of each window; padding is left out of it. */
export class AveragePooling2D extends Pooling2D {
  static readonly className = 'AveragePooling2D';

  constructor(options: Pooling2DOptions = {}) {
    super(AveragePooling2D.className, 'averagePooling2d', options);
  }
}

registerLayer(AveragePooling2D.className, (config) => new AveragePooling2D(config));
