import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { BackendError } from '../errors/errors.js';
import { sourceFile } from './sourceFile.cjs';

function holdsPackage(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return false;
  const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
  return name === 'node-cudnn';
}

const bundled =
  'node-cudnn is part of a bundle, and its native addon cannot be. Mark node-cudnn as external ' +
  'and install it where the bundle runs. esbuild: --external:node-cudnn; webpack: externals: ' +
  "{ 'node-cudnn': 'commonjs node-cudnn' }; Rollup: external: ['node-cudnn']; Vite: ssr.external; " +
  "Next.js: serverExternalPackages: ['node-cudnn']";

function findRoot(): string {
  let folder = sourceFile === undefined ? '/' : dirname(sourceFile);
  while (!holdsPackage(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new BackendError(bundled, { place: 'node-cudnn' });
    folder = parent;
  }
  return folder;
}

/** The folder of this package's package.json. A bundle that this file is part of has none. */
export const packageRoot = findRoot();

/** Loads a CommonJS module or a compiled addon by its absolute path. */
export function packageRequire(file: string): unknown {
  return createRequire(file)(file);
}
