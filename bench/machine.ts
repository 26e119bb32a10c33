import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Flags of /proc/cpuinfo and what they are called, the widest first. */
const instructionSets = [
  ['amx_tile', 'AMX'],
  ['avx512f', 'AVX-512'],
  ['avx2', 'AVX2'],
  ['asimd', 'NEON'],
] as const;

function instructionSet(): string {
  const flags = new Set(readFileSync('/proc/cpuinfo', 'utf8').split(/\s+/));
  return instructionSets.find(([flag]) => flags.has(flag))?.[1] ?? process.arch;
}

/** Model, cores and widest instruction set of this machine's CPU. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'CPU of an unknown model';
  return `${model}, ${availableParallelism()} cores, ${instructionSet()}`;
}
