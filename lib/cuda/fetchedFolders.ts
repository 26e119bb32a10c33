import { join } from 'node:path';

import { subfolders } from './folders.js';
import type { Machine } from './machine.js';

/** Where scripts/setup-cuda.sh unpacks NVIDIA's packages: one folder for each CUDA and cuDNN. */
export function fetchedFolders({ env, home }: Machine, cuda: number): string[] {
  const cache = env.XDG_CACHE_HOME ?? '';
  const folder = join(cache === '' ? join(home, '.cache') : cache, 'node-cudnn');
  return subfolders(folder, new RegExp(`^cuda${cuda}-`)).flatMap((root) =>
    subfolders(join(root, 'nvidia'), /./).map((name) => join(name, 'lib')),
  );
}
