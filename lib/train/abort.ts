import { types } from 'node:util';
import { AbortedError } from '../errors/errors.js';
import type { StopSignal } from './stopSignal.js';

/** What is told of an aborted call, besides its name. */
export type AbortDetails = Readonly<Record<string, unknown>>;

/** Throws ERR_ABORTED when the signal is aborted. */
export function throwIfAborted(
  signal: StopSignal | undefined,
  place: string,
  details: () => AbortDetails,
): void {
  if (signal?.aborted === true) throw abortedError(signal, place, details());
}

/** Settles as `work` does, or rejects with ERR_ABORTED as soon as the signal is aborted. */
export async function unlessAborted<T>(
  work: Promise<T> | T,
  signal: StopSignal | undefined,
  place: string,
  details: () => AbortDetails,
): Promise<T> {
  if (!signal || !types.isPromise(work)) return work;
  throwIfAborted(signal, place, details);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(abortedError(signal, place, details()));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

function abortedError(signal: StopSignal, place: string, details: AbortDetails): AbortedError {
  const at = Object.entries(details)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => ` ${name} ${String(value)}`)
    .join(',');
  return new AbortedError(
    `stopped by its signal at${at}; the weights are those of the last whole step`,
    {
      place,
      details,
      cause: signal.reason,
    },
  );
}
