import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { Check } from './checks.js';
import type { Machine } from './machine.js';
import { pathVariables } from './searchPlaces.js';

/** What is wrong with a variable's value, or undefined. The value is not empty. */
type Rule = (value: string, env: Machine['env']) => string | undefined;

function matching(pattern: RegExp, expected: string): Rule {
  return (value) => (pattern.test(value) ? undefined : `expected ${expected}, got '${value}'`);
}

const exists: Rule = (path) => (existsSync(path) ? undefined : `${path} does not exist`);

const eachExists: Rule = (paths) => {
  const missing = paths.split(delimiter).find((path) => path !== '' && !existsSync(path));
  return missing === undefined ? undefined : `${missing} does not exist`;
};

const isCommand: Rule = (name, env) => {
  const folders = name.includes('/') ? [''] : (env.PATH ?? '').split(delimiter);
  const found = folders.some((folder) => existsSync(folder === '' ? name : join(folder, name)));
  return found ? undefined : `there is no program '${name}'`;
};

/** The variables of docs/environment.md whose values can be wrong in themselves. */
const rules: Readonly<Record<string, { readonly backend: Check['backend']; readonly rule: Rule }>> =
  {
    NODE_CUDNN_THREADS: {
      backend: 'cpu',
      rule: matching(/^0*([1-9]\d{0,2}|10[01]\d|102[0-4])$/, 'a whole number from 1 to 1024'),
    },
    NODE_CUDNN_BUILD: { backend: 'cpu', rule: matching(/^(Release|Debug)$/, 'Release or Debug') },
    NODE_CUDNN_TRIAL_SECONDS: {
      backend: 'cuda',
      rule: (value) =>
        Number(value) > 0 && Number(value) <= 3600
          ? undefined
          : `expected a number of seconds from 0 to 3600, got '${value}'`,
    },
    ...Object.fromEntries(
      pathVariables.map((name) => [name, { backend: 'cuda', rule: eachExists }]),
    ),
    NODE_CUDNN_CUDA_PLUGIN: { backend: 'cuda', rule: exists },
    NODE_CUDNN_DATA: { backend: 'none', rule: exists },
    NODE_CUDNN_CUDA: { backend: 'none', rule: matching(/^(AUTO|ON|OFF)$/, 'AUTO, ON or OFF') },
    NODE_CUDNN_CUDA_ARCHITECTURES: {
      backend: 'none',
      rule: matching(/^\d+[af]?([,;]\d+[af]?)*$/, 'numbers joined by commas'),
    },
    // OpenMP's own, which says the same on standard error when it is loaded.
    OMP_WAIT_POLICY: {
      backend: 'none',
      rule: matching(/^\s*(active|passive)\s*$/i, 'active or passive'),
    },
    NODE_CUDNN_BENCH_PYTHON: { backend: 'none', rule: isCommand },
  };

/** A failed check for each variable with a wrong value; `names`: only for these. */
export function wrongVariables(
  { env }: Pick<Machine, 'env'>,
  names: readonly string[] = Object.keys(rules),
): Check[] {
  return names.flatMap((name) => {
    const value = env[name] ?? '';
    const found = rules[name];
    const problem = value === '' ? undefined : found?.rule(value, env);
    if (found === undefined || problem === undefined) return [];
    return [{ title: name, backend: found.backend, ok: false, problem }];
  });
}
