/**
 * npm run verify:gpu [-- --only steps] [--small] [--folder build/verify] [--precision bf16]
 *                    [--network S1] [--batch 128] [--autotune 8]
 *
 * What can only be seen on a device: each part in a process of its own, and on after a failure.
 * Options but the last may be given several times. Prints every check and writes report.json into
 * the folder. Ends with status 1 when a check failed. docs/verify-gpu.md says what the parts show.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import type { Precision } from 'node-cudnn';

import { sender, type Line } from './lines.js';
import { said, type Part, type PartOptions } from './part.js';
import { runInProcess } from './partProcess.js';
import { doctorPart } from './parts/doctor.js';
import { lifetimePart } from './parts/lifetime.js';
import { nativePart } from './parts/native.js';
import { speedPart } from './parts/speed.js';
import { stepsPart } from './parts/steps.js';

const parts: readonly Part[] = [doctorPart, nativePart, stepsPart, lifetimePart, speedPart];

const several = { type: 'string', multiple: true } as const;
const { values: options } = parseArgs({
  options: {
    only: several,
    small: { type: 'boolean', default: false },
    folder: { type: 'string', default: 'build/verify' },
    precision: several,
    network: several,
    batch: several,
    autotune: { type: 'string', default: '0' },
    part: { type: 'string' },
  },
});

function known<T extends string>(option: string, all: readonly T[], given: string[]): T[] {
  return given.map((name) => {
    const found = all.find((each) => each === name);
    if (found === undefined) throw new Error(`--${option} ${name}: expected ${all.join(', ')}`);
    return found;
  });
}

function number(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${option} ${text}: expected ${least} or more`);
}

const precisions: readonly Precision[] = ['float32', 'tf32', 'bf16'];
const partOptions: PartOptions = {
  small: options.small,
  folder: options.folder,
  precisions: known('precision', precisions, options.precision ?? [...precisions]),
  networks: options.network ?? ['S1', 'S4', 'S2'],
  batchSizes: (options.batch ?? ['128']).map((text) => number('batch', text, 1)),
  autotune: number('autotune', options.autotune, 0),
};

async function main(): Promise<void> {
  mkdirSync(options.folder, { recursive: true });
  const names = parts.map(({ name }) => name);
  const only = known('only', names, options.only ?? names);
  const report: Record<string, readonly Line[]> = {};
  for (const part of parts.filter(({ name }) => only.includes(name))) {
    console.log(`\n== ${part.name}: ${part.title}`);
    const program = fileURLToPath(import.meta.url);
    report[part.name] = await runInProcess(part, program, process.argv.slice(2));
    writeFileSync(join(options.folder, 'report.json'), JSON.stringify(report, null, 1));
  }
  const checks = Object.values(report)
    .flat()
    .filter((line) => line.kind === 'check');
  const failed = checks.filter(({ ok }) => !ok).length;
  console.log(`\n${checks.length - failed} held, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function runPart(part: Part): Promise<void> {
  try {
    await part.run(sender, partOptions);
  } catch (error) {
    sender.check(part.name, false, said(error));
  }
}

const inside = parts.find(({ name }) => name === options.part);
await (inside === undefined ? main() : runPart(inside));
