/**
 * What stops a call between two steps: the AbortSignal of an AbortController. Where a program is
 * compiled with neither the types of Node.js nor those of the DOM, what is used of one.
 */
export type StopSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : {
      readonly aborted: boolean;
      readonly reason?: unknown;
      addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
      removeEventListener(type: 'abort', listener: () => void): void;
    };
