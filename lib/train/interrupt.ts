import type { StopSignal } from './stopSignal.js';

/** A signal that Ctrl-C aborts. */
export interface InterruptSignal {
  readonly signal: StopSignal;
  /** Takes the handler away again, so that Ctrl-C ends the process as usual. */
  release(): void;
}

/**
 * Turns the first Ctrl-C (SIGINT) into an abort, so that fit() stops after the step in progress
 * and the program can save what was learned; the second ends the process with status 130.
 */
export function interruptSignal(): InterruptSignal {
  const controller = new AbortController();
  const onInterrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping after this step; press Ctrl-C again to quit at once.\n');
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onInterrupt);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onInterrupt);
    },
  };
}
