import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

import { subfolders } from './folders.js';
import { underRoot, type Machine } from './machine.js';

const python = /^python3(\.\d+)?$/;

/** A Python's folders of installed packages below its prefix. */
function packageFolders(prefix: string): string[] {
  return [join(prefix, 'lib'), join(prefix, 'lib64')].flatMap((lib) =>
    subfolders(lib, python).flatMap((folder) => [
      join(folder, 'site-packages'),
      join(folder, 'dist-packages'),
    ]),
  );
}

/** Where NVIDIA's pip packages put their libraries: nvidia/cudnn/lib, nvidia/cu13/lib. */
function nvidiaFolders(sitePackages: string): string[] {
  return subfolders(join(sitePackages, 'nvidia'), /./).map((folder) => join(folder, 'lib'));
}

/** What the python3 that a shell would run installs into: of a virtual environment on the path. */
function prefixesOnPath(path: string | undefined): string[] {
  const folders = (path ?? '').split(delimiter);
  const holding = folders.filter(
    (folder) => basename(folder) === 'bin' && existsSync(join(folder, 'python3')),
  );
  return holding.slice(0, 1).map(dirname);
}

/** Folders of the libraries that pip installed. Python itself is never run. */
export function pipFolders(machine: Machine): string[] {
  const { env, home } = machine;
  const pyenv = env.PYENV_ROOT ?? join(home, '.pyenv');
  const prefixes = [
    ...(env.VIRTUAL_ENV === undefined ? [] : [env.VIRTUAL_ENV]),
    ...prefixesOnPath(env.PATH),
    join(home, '.local'),
    ...subfolders(join(pyenv, 'versions'), /./),
    underRoot(machine, '/usr/local'),
    underRoot(machine, '/usr'),
  ];
  return prefixes.flatMap(packageFolders).flatMap(nvidiaFolders);
}

/** Folders of the active conda environment: its own libraries and those of its pip. */
export function condaFolders({ env }: Machine, targets: readonly string[]): string[] {
  const prefix = env.CONDA_PREFIX;
  if (prefix === undefined || prefix === '') return [];
  return [
    join(prefix, 'lib'),
    ...targets.map((target) => join(prefix, 'targets', target, 'lib')),
    ...packageFolders(prefix).flatMap(nvidiaFolders),
  ];
}
