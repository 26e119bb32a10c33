import type { FoundLibrary } from './findLibraries.js';
import type { LibraryKey } from './libraries.js';
import type { Machine } from './machine.js';
import type { PluginFile } from './pluginFile.js';
import { libraryRemedy, pluginRemedy } from './remedies.js';

/** One thing that a backend needs: found, or missing with what to do about it. */
export interface Check {
  /** "cuDNN", "device cuda:0": for people. */
  readonly title: string;
  /** Which library it is of. */
  readonly library?: LibraryKey;
  /** The backend that needs it; 'none': a variable that something else reads. */
  readonly backend: 'cpu' | 'cuda' | 'none';
  /** Without an optional one the backend works, with less. */
  readonly optional?: boolean;
  readonly ok: boolean;
  readonly version?: string;
  readonly path?: string;
  /** Of a device: its name and memory. */
  readonly detail?: string;
  /** The way it was found: 'pip'. */
  readonly from?: string;
  /** What was found instead, or is wrong. */
  readonly problem?: string;
  readonly remedy?: string;
}

function libraryProblem({ wanted, rejected, searched }: FoundLibrary): string {
  const seen = rejected.map(({ path, reason }) => `${path}: ${reason}`);
  if (seen.length > 0) return seen.join('; ');
  const kinds = [...new Set(searched.map(({ from }) => from))].join(', ');
  return `${wanted.soname} was not found in ${searched.length} folders (${kinds})`;
}

export function libraryCheck(machine: Machine, found: FoundLibrary, cuda: number): Check {
  const { wanted, path, version, from } = found;
  const base = {
    title: wanted.title,
    library: wanted.key,
    backend: 'cuda',
    ...(wanted.required ? {} : { optional: true }),
    ...(version === undefined ? {} : { version }),
    ...(from === undefined ? {} : { from }),
  } as const;
  if (path !== undefined) return { ...base, ok: true, path };
  return {
    ...base,
    ok: false,
    problem: libraryProblem(found),
    remedy: libraryRemedy(machine, wanted.key, cuda),
  };
}

export function pluginCheck({ path, problem }: PluginFile): Check {
  const base = { title: 'CUDA plugin', backend: 'cuda', path } as const;
  if (problem === undefined) return { ...base, ok: true };
  return { ...base, ok: false, problem, remedy: pluginRemedy };
}

function mark({ ok, optional }: Check): string {
  if (ok) return '✓';
  return optional === true ? '–' : '✗';
}

function checkText(check: Check): string[] {
  const { title, version, path, detail, problem, remedy } = check;
  const facts = [version, path, detail, problem].filter((text) => text !== undefined).join(': ');
  return [
    `  ${mark(check)} ${title}${facts === '' ? '' : `: ${facts}`}`,
    ...(remedy === undefined ? [] : [`      to do: ${remedy}`]),
  ];
}

/** The checks one below the other, as errors list them. */
export function checksText(checks: readonly Check[]): string {
  return checks.flatMap(checkText).join('\n');
}
