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
 * Loads a file with OMP_WAIT_POLICY=passive, unless the user chose otherwise. The OpenMP runtime
 * reads it once, when it is loaded: threads that spin between two commands would keep the event
 * loop, and every other program, from the processor.
 */
function requireWithPassiveWaiting(file: string): unknown {
  const { env } = process;
  if (env.OMP_WAIT_POLICY !== undefined || env.GOMP_SPINCOUNT !== undefined) {
    return packageRequire(file);
  }
  env.OMP_WAIT_POLICY = 'passive';
  try {
    return packageRequire(file);
  } finally {
    delete env.OMP_WAIT_POLICY;
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
      return requireWithPassiveWaiting(file) as NativeAddon;
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
