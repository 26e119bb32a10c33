import { types } from 'node:util';
import { Callback } from './callback.js';

/**
 * Ends training quietly when a loss or gradient is not finite; the weights are those before the
 * step that failed. Without it, fit() rejects with ERR_NOT_FINITE.
 */
export class TerminateOnNaN extends Callback {
  override handlesError(error: unknown): boolean {
    return types.isNativeError(error) && 'code' in error && error.code === 'ERR_NOT_FINITE';
  }
}

/** Makes a TerminateOnNaN callback. */
export function terminateOnNaN(): TerminateOnNaN {
  return new TerminateOnNaN();
}
