import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { cudnnCudaMajor, missingCudnnParts, opensParts } from './cudnnParts.js';
import { readElf } from './elf.js';
import { namesIn } from './folders.js';
import { compareVersions, libraryVersion } from './libraryVersion.js';
import { wantedLibraries, type LinkedVersions, type WantedLibrary } from './libraries.js';
import type { Machine } from './machine.js';
import { placesFor, searchPlaces, type SearchOptions, type SearchPlace } from './searchPlaces.js';

/** A file that was looked at and not taken. */
export interface RejectedFile {
  readonly path: string;
  readonly from: string;
  readonly reason: string;
}

/** What the search for one library gave. */
export interface FoundLibrary {
  readonly wanted: WantedLibrary;
  /** Absent: not found. */
  readonly path?: string;
  readonly version?: string;
  /** The place that it was found through: 'pip'. */
  readonly from?: string;
  /** Files to open before it. */
  readonly companions: readonly string[];
  readonly rejected: readonly RejectedFile[];
  /** Folders that were looked into, in order. */
  readonly searched: readonly SearchPlace[];
}

function fileReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is a link to a file that is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'it cannot be read (no permission)';
  return code === undefined ? message : `it cannot be read (${code})`;
}

function cudnnReason(path: string, cuda: number, arch: string): string | undefined {
  const missing = missingCudnnParts(path);
  if (missing.length > 0) return `it is not complete: ${missing.join(', ')} should lie beside it`;
  const major = cudnnCudaMajor(path, arch);
  if (major === undefined || major === cuda) return undefined;
  return `it is for CUDA ${major}; CUDA ${cuda} is needed`;
}

interface Candidate {
  readonly version?: string;
  readonly reason?: string;
}

function examined(path: string, wanted: WantedLibrary, cuda: number, arch: string): Candidate {
  try {
    accessSync(realpathSync(path), constants.R_OK);
    readElf(path, arch);
  } catch (error) {
    return { reason: fileReason(error) };
  }
  const version = libraryVersion(path, wanted.pipPackage, wanted.header);
  const known = version === undefined ? {} : { version };
  if (wanted.least !== undefined && version !== undefined) {
    if (compareVersions(version, wanted.least) < 0) {
      return { ...known, reason: `it is version ${version}; ${wanted.least} or newer is needed` };
    }
  }
  const reason = wanted.key === 'cudnn' ? cudnnReason(path, cuda, arch) : undefined;
  return reason === undefined ? known : { ...known, reason };
}

// What cannot be looked at counts as there: examined() then says why.
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return !['ENOENT', 'ENOTDIR'].includes(code);
  }
}

/** Libraries of the same name and another major version in the folders that were searched. */
function ofOtherVersions(wanted: WantedLibrary, places: readonly SearchPlace[]): RejectedFile[] {
  const [, name, major] = /^(.+\.so)\.(\d+)$/.exec(wanted.soname) ?? [];
  if (name === undefined || major === undefined) return [];
  return places.flatMap(({ from, folder }) =>
    namesIn(folder).flatMap((file) => {
      const found = file.startsWith(`${name}.`) ? file.slice(name.length + 1) : '';
      if (!/^\d+$/.test(found) || found === major) return [];
      const reason = `it is version ${found}; version ${major} is needed`;
      return [{ path: join(folder, file), from, reason }];
    }),
  );
}

/** NVRTC opens its built-in headers by a name with the full version. */
function companionsOf(wanted: WantedLibrary, path: string): string[] {
  if (wanted.key !== 'nvrtc') return [];
  const folder = dirname(path);
  const [, major = ''] = /(\d+)$/.exec(wanted.soname) ?? [];
  return namesIn(folder)
    .filter((name) => new RegExp(`^libnvrtc-builtins\\.so\\.${major}\\.\\d+$`).test(name))
    .map((name) => join(folder, name));
}

/** The first usable file of this library in these places. */
function findLibrary(
  machine: Machine,
  wanted: WantedLibrary,
  cuda: number,
  places: readonly SearchPlace[],
): FoundLibrary {
  const rejected: RejectedFile[] = [];
  const searched: SearchPlace[] = [];
  for (const place of placesFor(wanted.variable, places)) {
    searched.push(place);
    const path = join(place.folder, wanted.soname);
    if (!isThere(path)) continue;
    const { version, reason } = examined(path, wanted, cuda, machine.arch);
    if (reason === undefined) {
      const known = version === undefined ? {} : { version };
      const companions = companionsOf(wanted, path);
      return { wanted, path, ...known, from: place.from, companions, rejected, searched };
    }
    rejected.push({ path, from: place.from, reason });
    // What the user named is not to be replaced by something else in silence.
    if (place.named) break;
  }
  const others = rejected.length > 0 ? [] : ofOtherVersions(wanted, searched);
  return { wanted, companions: [], rejected: [...rejected, ...others], searched };
}

/**
 * All that the plugin needs, in the order in which it has to be opened; without the libraries that
 * a cuDNN in one piece does not open.
 */
export function findLibraries(
  machine: Machine,
  linked: LinkedVersions,
  options: SearchOptions = {},
): FoundLibrary[] {
  const places = searchPlaces(machine, options);
  const libraries = wantedLibraries(linked).map((wanted) =>
    findLibrary(machine, wanted, linked.cuda, places),
  );
  const cudnn = libraries.find(({ wanted }) => wanted.key === 'cudnn')?.path;
  if (cudnn === undefined || opensParts(cudnn)) return libraries;
  return libraries.filter(({ wanted }) => wanted.ofCudnnParts !== true);
}

/** The files to open, in order. */
export function filesToOpen(libraries: readonly FoundLibrary[]): string[] {
  return libraries.flatMap(({ companions, path }) =>
    path === undefined ? [] : [...companions, path],
  );
}
