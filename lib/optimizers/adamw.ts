import { Adam, type AdamOptions } from './adam.js';

/** Adam with decoupled weight decay, 0.004 unless given. */
export class AdamW extends Adam {
  static override readonly className = 'AdamW';

  constructor(options: AdamOptions = {}) {
    super(options, 'adamw', 0.004);
  }
}
