import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { BackendError } from '../errors/errors.js';
import { NativeError } from '../errors/native.js';
import { adviceFor } from './addonAdvice.js';
import { packageRequire, packageRoot } from './packageRoot.js';
import type { NativeAddon } from './program.js';

let loaded: NativeAddon | undefined;

const builds: readonly string[] = ['Release', 'Debug'];

/** NODE_CUDNN_BUILD picks one build; otherwise the optimized one comes first. */
function candidates(): string[] {
  const named = builds.filter((build) => build === process.env.NODE_CUDNN_BUILD);
  return (named.length > 0 ? named : builds).map((name) => join(packageRoot, 'build', name, 'node_cudnn.node'));
}

/**
 * Rounds for which a thread of OpenMP looks for work before it sleeps, some microseconds. Waking
 * takes longer than most commands of a small network: with none, a step of one took three times,
 * and a prediction five times as long. Many more would keep the event loop, and every other
 * program, from the processor.
 */
const spinCount = '1000';

/**
 * Loads a file with that GOMP_SPINCOUNT, unless the user chose otherwise: the OpenMP runtime reads
 * it once, when it is loaded.
 */
function requireWithShortWaiting(file: string): unknown {
  const { env } = process;
  if (env.OMP_WAIT_POLICY !== undefined || env.GOMP_SPINCOUNT !== undefined) {
    return packageRequire(file);
  }
  env.GOMP_SPINCOUNT = spinCount;
  try {
    return packageRequire(file);
  } finally {
    delete env.GOMP_SPINCOUNT;
  }
}

function load(): NativeAddon {
  const build = process.env.NODE_CUDNN_BUILD ?? '';
  if (build !== '' && !builds.includes(build)) {
    throw new BackendError(`NODE_CUDNN_BUILD: expected Release or Debug, got '${build}'`, {
      place: 'NODE_CUDNN_BUILD',
    });
  }
  const failures: string[] = [];
  for (const file of candidates()) {
    if (!existsSync(file)) {
      failures.push(`${file}: no such file`);
      continue;
    }
    try {
      return requireWithShortWaiting(file) as NativeAddon;
    } catch (error) {
      failures.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const lines = failures.map((failure) => `  ${failure}`).join('\n');
  throw new BackendError(
    `the native addon could not be loaded. Tried:\n${lines}\n${adviceFor(failures)}`,
    { place: 'node_cudnn.node', details: { tried: failures } },
  );
}

/**
 * The compiled addon, loaded when first asked for. Throws ERR_BACKEND with the files that were
 * tried, what the loader said of each, and what to do.
 */
export function nativeAddon(): NativeAddon {
  if (loaded === undefined) {
    const addon = load();
    addon.setErrorClass(NativeError);
    loaded = addon;
  }
  return loaded;
}

/** The addon's file, which need not be there. */
export function nativeAddonFile(): string {
  const files = candidates();
  return files.find((file) => existsSync(file)) ?? files[0] ?? '';
}
