import { readFileSync } from 'node:fs';
import { cpus, homedir, release, totalmem } from 'node:os';

import { distribution, isContainer, isWsl, systemName } from '../cuda/distribution.js';
import type { FoundLibrary } from '../cuda/findLibraries.js';
import { nativeAddonFile } from '../native/addon.js';
import type { Examination } from './examine.js';

/** Facts for a bug report, as JSON holds them. */
export type Facts = Readonly<Record<string, unknown>>;

// Nothing else of the environment is told: it may hold secrets.
const variables =
  /^(NODE_CUDNN_\w+|CUDA_VISIBLE_DEVICES|CUDA_HOME|CUDA_PATH|CUDNN_\w+|LD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_PREFIX|OMP_\w+|GOMP_\w+|DNNL_\w+|ONEDNN_\w+)$/;
const features = /^(sse4_2|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*|bf16|i8mm)$/;

function processorFeatures(): string[] {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1] ?? '';
    return flags.split(' ').filter((flag) => features.test(flag));
  } catch {
    return [];
  }
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => variables.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

function libraryFacts({ wanted, searched, ...found }: FoundLibrary): Facts {
  const folders = searched.map(({ from, folder }) => `${from}: ${folder}`);
  return { title: wanted.title, soname: wanted.soname, ...found, searched: folders };
}

/** The home folder tells the user's name, which is nobody's business. */
function withoutHome(facts: Facts): Facts {
  const home = homedir();
  if (home.length < 2) return facts;
  const text = JSON.stringify(facts).replaceAll(JSON.stringify(home).slice(1, -1), '~');
  return JSON.parse(text) as Facts;
}

/** Versions, system, variables, search results and devices. */
export function inspectionOf(found: Examination, version: string): Facts {
  const { machine, plugin, libraries, report } = found.cuda;
  return withoutHome({
    version,
    node: process.versions.node,
    napi: process.versions.napi ?? '',
    system: {
      name: systemName(machine),
      family: distribution(machine),
      kernel: release(),
      platform: process.platform,
      arch: process.arch,
      libc: libcVersion(),
      container: isContainer(machine),
      wsl: isWsl(machine),
    },
    processor: {
      name: cpus()[0]?.model ?? '',
      threads: cpus().length,
      features: processorFeatures(),
      memoryBytes: totalmem(),
    },
    environment: environment(),
    addon: { file: nativeAddonFile(), ...found.addon },
    plugin,
    libraries: libraries.map(libraryFacts),
    report: report ?? null,
    checks: [...found.variables, ...found.checks],
  });
}

function libcVersion(): string {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ?? '';
}

function lines(name: string, value: unknown, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${name}: ${String(value)}`];
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${indent}${name}: none`];
  return [
    `${indent}${name}:`,
    ...entries.flatMap(([key, part]) =>
      Array.isArray(value) && typeof part !== 'object'
        ? [`${indent}  ${String(part)}`]
        : lines(key, part, `${indent}  `),
    ),
  ];
}

/** The facts as indented text. */
export function factsText(facts: Facts): string {
  const text = Object.entries(facts).flatMap(([name, value]) => lines(name, value, ''));
  return `${text.join('\n')}\n`;
}
