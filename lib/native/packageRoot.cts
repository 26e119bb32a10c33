// CommonJS in both builds of this package: __filename and a real `require` are there in each.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Loads a CommonJS module or a compiled addon by its absolute path. */
export const packageRequire = createRequire(__filename);

function holdsPackage(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return false;
  const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
  return name === 'node-cudnn';
}

function findRoot(): string {
  let folder = dirname(__filename);
  while (!holdsPackage(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json of node-cudnn above ${__filename}`);
    folder = parent;
  }
  return folder;
}

/** The folder of this package's package.json. */
export const packageRoot = findRoot();
