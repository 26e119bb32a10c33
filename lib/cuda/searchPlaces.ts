import { dirname, join, resolve } from 'node:path';

import { isFolder, subfolders } from './folders.js';
import { libraryPathFolders, loaderFolders } from './loaderFolders.js';
import { cudaTargets, multiarch, underRoot, type Machine } from './machine.js';
import { condaFolders, pipFolders } from './pythonFolders.js';

/** A folder that may hold libraries, and why it is looked at. */
export interface SearchPlace {
  /** "LD_LIBRARY_PATH", "pip": for people. */
  readonly from: string;
  readonly folder: string;
  /** Named by the user for this purpose: what lies there is taken or refused, not passed over. */
  readonly named: boolean;
}

/** The variables that name folders. */
export const pathVariables = ['NODE_CUDNN_CUDNN_PATH', 'NODE_CUDNN_CUDA_PATH'] as const;
const optionPlace = 'option cudaLibraries';
export type PathVariable = (typeof pathVariables)[number];

const subfoldersOfNamed = (machine: Machine): readonly string[] => [
  '.',
  'lib64',
  'lib',
  join('lib', multiarch(machine)),
  ...cudaTargets(machine).map((target) => join('targets', target, 'lib')),
];

/** A folder that a user names: itself, the usual folders in it, and pip's nvidia folder. */
function namedFolders(machine: Machine, path: string): string[] {
  const folder = isFolder(path) ? resolve(path) : dirname(resolve(path));
  return [
    ...subfoldersOfNamed(machine).map((name) => join(folder, name)),
    ...subfolders(folder, /^(cudnn|cu\d+|cuda_runtime|cuda_nvrtc|cublas)$/).map((name) =>
      join(name, 'lib'),
    ),
  ];
}

function toolkitFolders(machine: Machine): string[] {
  const { env } = machine;
  const given = [env.CUDA_HOME, env.CUDA_PATH].filter((path) => path !== undefined && path !== '');
  const roots = [
    ...(given as string[]),
    underRoot(machine, '/usr/local/cuda'),
    ...subfolders(underRoot(machine, '/usr/local'), /^cuda-\d/),
    underRoot(machine, '/opt/cuda'),
  ];
  return roots.flatMap((root) => [
    join(root, 'lib64'),
    join(root, 'lib'),
    ...cudaTargets(machine).map((target) => join(root, 'targets', target, 'lib')),
  ]);
}

function distributionFolders(machine: Machine): string[] {
  return [
    `/usr/lib/${multiarch(machine)}`,
    `/usr/lib/${multiarch(machine)}/nvidia/current`,
    '/usr/lib64',
    '/usr/lib64/nvidia',
    '/usr/lib/wsl/lib',
    '/usr/lib/cuda/lib64',
    '/run/opengl-driver/lib',
  ].map((folder) => underRoot(machine, folder));
}

export interface SearchOptions {
  /** Folders of the option `cudaLibraries`. */
  readonly folders?: readonly string[];
  /** Where this package's own set-up puts what it fetches. */
  readonly fetched?: readonly string[];
}

/**
 * Every folder that is searched, in order: the option, the two variables, LD_LIBRARY_PATH, the
 * loader's cache, CUDA toolkits, the distribution's folders, pip, conda, and what this package's
 * set-up fetched. Each folder stands once.
 */
export function searchPlaces(machine: Machine, options: SearchOptions = {}): SearchPlace[] {
  const places: SearchPlace[] = [];
  const seen = new Set<string>();
  const add = (from: string, folders: readonly string[], named = false): void => {
    for (const folder of folders) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      places.push({ from, folder, named });
    }
  };
  const split = (text: string): string[] => text.split(':').filter((path) => path !== '');
  const named = (path: string): string[] => namedFolders(machine, path);

  add(optionPlace, (options.folders ?? []).flatMap(named), true);
  for (const variable of pathVariables) {
    add(variable, split(machine.env[variable] ?? '').flatMap(named), true);
  }
  add('LD_LIBRARY_PATH', libraryPathFolders(machine));
  add('loader cache', loaderFolders(machine));
  add('CUDA toolkit', toolkitFolders(machine));
  add('distribution', distributionFolders(machine));
  add('pip', pipFolders(machine));
  add('conda', condaFolders(machine, cudaTargets(machine)));
  add('npm run setup', options.fetched ?? []);
  return places;
}

/** The same places, with those of one variable before those of the other. */
export function placesFor(
  variable: PathVariable,
  places: readonly SearchPlace[],
): readonly SearchPlace[] {
  const rank = ({ from }: SearchPlace): number => {
    if (from === variable) return 1;
    if (pathVariables.some((name) => name === from)) return 2;
    return from === optionPlace ? 0 : 3;
  };
  return [...places].sort((a, b) => rank(a) - rank(b));
}
