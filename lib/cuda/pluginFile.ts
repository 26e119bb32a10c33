import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { readElf } from './elf.js';
import { linkedVersions, type LinkedVersions } from './libraries.js';
import type { Machine } from './machine.js';

/** The plugin's name, beside the addon. */
export const pluginName = 'node_cudnn_cuda.so';

export interface PluginFile {
  /** Where it is, or should be. */
  readonly path: string;
  /** Why it cannot be used. Absent: it can. */
  readonly problem?: string;
  readonly linked: LinkedVersions;
}

/** The plugin that belongs to an addon, or the one that NODE_CUDNN_CUDA_PLUGIN names. */
export function pluginFile(machine: Machine, addonFile: string): PluginFile {
  const named = machine.env.NODE_CUDNN_CUDA_PLUGIN ?? '';
  const path = named === '' ? join(dirname(addonFile), pluginName) : resolve(named);
  if (!existsSync(path)) {
    const by = named === '' ? '' : '; NODE_CUDNN_CUDA_PLUGIN names it';
    return { path, problem: `it does not exist${by}`, linked: linkedVersions() };
  }
  try {
    return { path, linked: linkedVersions(readElf(path, machine.arch).needed) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { path, problem: reason, linked: linkedVersions() };
  }
}
