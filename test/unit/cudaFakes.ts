/** Fake libraries, plugins and machines for the tests of what finds and loads CUDA. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Machine } from '../../lib/cuda/machine.js';
import { nativeAddon } from '../../lib/native/addon.js';
import { packageRoot } from '../../lib/native/packageRoot.js';

/** A new folder below the system's folder for temporary files. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'node-cudnn-cuda-'));
}

/** A machine whose files all lie below `root`. */
export function fakeMachine(root: string, env: Machine['env'] = {}): Machine {
  return { env, home: join(root, 'home/user'), root, arch: process.arch };
}

export function writeText(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Compiles a small shared library. */
export function makeLibrary(
  file: string,
  options: { soname?: string; source?: string; flags?: readonly string[] } = {},
): string {
  const { soname, source = 'int fake = 1;', flags = [] } = options;
  const code = writeText(`${file}.c`, source);
  const name = soname === undefined ? [] : [`-Wl,-soname,${soname}`];
  execFileSync('cc', ['-shared', '-fPIC', '-o', file, code, ...name, ...flags]);
  return file;
}

/** Compiles test/fixtures/fakePlugin.cpp. build: what it says of itself, the addon's by default. */
export function makePlugin(file: string, build = nativeAddon().versions().pluginBuild): string {
  mkdirSync(dirname(file), { recursive: true });
  const native = join(packageRoot, 'native');
  const sources = ['core/error.cpp', 'core/plugin.cpp'].map((name) => join(native, name));
  const flags = ['-std=c++20', '-shared', '-fPIC', '-fvisibility=hidden', `-I${native}`];
  const fixture = join(packageRoot, 'test/fixtures/fakePlugin.cpp');
  execFileSync('c++', [...flags, `-DFAKE_BUILD="${build ?? ''}"`, '-o', file, fixture, ...sources]);
  return file;
}

/** The libraries that the fake plugin's machine has, in one folder. */
export const sonames = {
  driver: 'libcuda.so.1',
  runtime: 'libcudart.so.13',
  cudnn: 'libcudnn.so.9',
} as const;

/** Fills a folder with a library for each soname. */
export function makeLibraries(
  folder: string,
  names: readonly string[] = Object.values(sonames),
): void {
  for (const soname of names) makeLibrary(join(folder, soname), { soname });
}
