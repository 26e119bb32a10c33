import { BackendError, OptionError } from '../errors/errors.js';
import { shown } from '../errors/optionNames.js';
import { nativeAddon } from '../native/addon.js';

/** 'auto' picks the fastest backend of this build: 'cpu'. */
export type BackendName = 'auto' | 'cpu' | 'reference' | (string & {});

// Found in every build, so that a model of them can be made where the addon is not.
const always = ['cpu', 'reference'];

/** The backend that native code is asked for. ERR_BACKEND lists those of this build. */
export function resolveBackend(place: string, value: unknown): string {
  if (value === undefined || value === 'auto') return 'cpu';
  if (typeof value !== 'string') {
    throw new OptionError(`backend is ${shown(value)}; expected 'auto', 'cpu' or another name`, {
      place,
    });
  }
  if (always.includes(value)) return value;
  const known = nativeAddon().backendNames();
  if (known.includes(value)) return value;
  const names = known.map((name) => `'${name}'`).join(' and ');
  throw new BackendError(
    `this build has no backend '${value}'; it has ${names}. Pass one of them, or 'auto'`,
    { place },
  );
}
