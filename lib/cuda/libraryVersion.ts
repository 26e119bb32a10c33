import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { namesIn } from './folders.js';

/** A header that defines the version of a library. */
export interface VersionHeader {
  readonly file: string;
  readonly read: (text: string) => string | undefined;
}

function define(text: string, name: string): number | undefined {
  const value = new RegExp(`#define\\s+${name}\\s+(\\d+)`).exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

export const cudnnHeader: VersionHeader = {
  file: 'cudnn_version.h',
  read: (text) => {
    const parts = ['CUDNN_MAJOR', 'CUDNN_MINOR', 'CUDNN_PATCHLEVEL'].map((n) => define(text, n));
    return parts.includes(undefined) ? undefined : parts.join('.');
  },
};

export const runtimeHeader: VersionHeader = {
  file: 'cuda_runtime_api.h',
  read: (text) => {
    const number = define(text, 'CUDART_VERSION');
    return number === undefined ? undefined : cudaVersion(number);
  },
};

/** 13000 as "13.0". */
export function cudaVersion(number: number): string {
  return `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`;
}

/** 92400 as "9.24.0". */
export function cudnnVersion(number: number): string {
  return `${Math.floor(number / 10000)}.${Math.floor((number % 10000) / 100)}.${number % 100}`;
}

/** Below 0 when version `a` is older than `b`; parts that one of them lacks count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); ++i) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function fromFileName(real: string): string | undefined {
  return /\.so\.(\d+\.\d+[\d.]*)$/.exec(basename(real))?.[1];
}

// lib/ of nvidia/cudnn or nvidia/cu13, beside the record that pip keeps of its packages.
function fromPip(folder: string, packageName: RegExp): string | undefined {
  const packages = dirname(dirname(dirname(folder)));
  for (const name of namesIn(packages)) {
    const [, found, version] = /^(.+)-([\d.]+)\.dist-info$/.exec(name) ?? [];
    if (found !== undefined && packageName.test(found)) return version;
  }
  return undefined;
}

function fromHeader(folder: string, header: VersionHeader): string | undefined {
  const machine = basename(folder);
  const candidates = [
    join(folder, '../include', header.file),
    join(folder, '../../include', machine, header.file),
    join(folder, '../../include', header.file),
  ];
  const file = candidates.find((path) => existsSync(path));
  try {
    return file === undefined ? undefined : header.read(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The version of a library file, without loading it: from its full name, from pip's record, or
 * from the header that lies with it. Undefined when none of them tells.
 */
export function libraryVersion(
  file: string,
  pipPackage: RegExp,
  header?: VersionHeader,
): string | undefined {
  const real = realpathSync(file);
  const folder = dirname(file);
  return (
    fromFileName(real) ??
    fromPip(folder, pipPackage) ??
    (header === undefined ? undefined : fromHeader(folder, header))
  );
}
