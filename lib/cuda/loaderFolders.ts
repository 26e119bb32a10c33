import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

import { namesIn } from './folders.js';
import { multiarch, underRoot, type Machine } from './machine.js';

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Files of a pattern whose last part may hold '*', as ld.so.conf includes them. */
function included(pattern: string): string[] {
  const folder = dirname(pattern);
  const parts = basename(pattern).split('*');
  const escaped = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const name = new RegExp(`^${escaped.join('.*')}$`);
  return namesIn(folder)
    .filter((entry) => name.test(entry))
    .map((entry) => resolve(folder, entry));
}

function configured(machine: Machine, file: string, depth = 0): string[] {
  return linesOf(file).flatMap((line) => {
    const text = line.replace(/#.*/, '').trim();
    if (text === '') return [];
    const include = /^include\s+(.+)$/.exec(text)?.[1];
    if (include === undefined) return [underRoot(machine, text)];
    if (depth > 8) return [];
    const pattern = include.startsWith('/')
      ? underRoot(machine, include)
      : resolve(dirname(file), include);
    return included(pattern).flatMap((other) => configured(machine, other, depth + 1));
  });
}

/** The folders of LD_LIBRARY_PATH. */
export function libraryPathFolders({ env }: Machine): string[] {
  return (env.LD_LIBRARY_PATH ?? '').split(/[:;]/).filter((folder) => folder.startsWith('/'));
}

/** The folders of the loader's cache, which ldconfig fills from ld.so.conf, and its own. */
export function loaderFolders(machine: Machine): string[] {
  const standard = [`lib/${multiarch(machine)}`, 'lib64', 'lib'].flatMap((folder) => [
    underRoot(machine, `/${folder}`),
    underRoot(machine, `/usr/${folder}`),
  ]);
  return [...configured(machine, underRoot(machine, '/etc/ld.so.conf')), ...standard];
}
