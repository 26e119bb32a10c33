import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { readElf } from './elf.js';
import { namesIn } from './folders.js';

// Since version 9 libcudnn.so.9 opens these when they are first needed, and ends the process when
// one is missing.
const parts = ['graph', 'ops', 'heuristic', 'engines_precompiled', 'engines_runtime_compiled'];
// The library that opens the parts is small; one that holds everything is not.
const largestOpener = 16 << 20;

/** Whether this cuDNN opens its parts, and through them NVRTC and cuBLASLt, at run time. */
export function opensParts(file: string): boolean {
  return statSync(file).size <= largestOpener && readFileSync(file).includes('libcudnn_graph.so');
}

/** Parts of this cuDNN that do not lie beside it. */
export function missingCudnnParts(file: string): string[] {
  if (!opensParts(file)) return [];
  const folders = [dirname(file), dirname(realpathSync(file))];
  return parts
    .map((part) => `libcudnn_${part}.so.9`)
    .filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
}

function fromRunpath(folder: string, arch: string): number | undefined {
  try {
    const { runpath } = readElf(join(folder, 'libcudnn_graph.so.9'), arch);
    const major = /\/cu(\d\d)\//.exec(runpath.join(':'))?.[1];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined;
  }
}

function fromPip(folder: string): number | undefined {
  const names = namesIn(dirname(dirname(dirname(folder)))).join('\n');
  const major = /^nvidia_cudnn_cu(\d+)-/m.exec(names)?.[1];
  return major === undefined ? undefined : Number(major);
}

/** The CUDA version (13) that this cuDNN was built for, where its files tell. */
export function cudnnCudaMajor(file: string, arch: string): number | undefined {
  const folder = dirname(file);
  return fromRunpath(folder, arch) ?? fromPip(folder);
}
