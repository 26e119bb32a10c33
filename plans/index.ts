/**
 * npm run plans [-- --json] [--all] [--commands] [--device h100] [--network S1]
 *                [--precision bf16] [--batch 128] [--cache folder]
 *
 * Builds every operation graph of the networks with the real cuDNN, for the devices of
 * test/devices, none of which has to be there: docs/plans.md. --all adds batches of 1, 32 and 256,
 * and strict float32; --commands lists every launch; --cache keeps the plans in a folder for the
 * next run. Filters may be given several times. --json prints one object. Ends with status 1 when a
 * graph was refused in a precision that its device has.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { readDevices } from './devices.js';
import { runJobs, type Job } from './jobs.js';
import { networks } from './networks.js';
import type { Precision } from './plan.js';
import { makeReport } from './report.js';
import { formatReport } from './table.js';

const several = { type: 'string', multiple: true } as const;
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    commands: { type: 'boolean', default: false },
    device: several,
    network: several,
    precision: several,
    batch: several,
    cache: { type: 'string' },
  },
});

/** Those of `known` that were asked for; all of `usual` when none was. */
function chosen<T extends string>(
  option: string,
  known: readonly T[],
  usual: readonly T[],
  asked: readonly string[] | undefined,
): readonly T[] {
  if (asked === undefined) return usual;
  for (const name of asked) {
    if ((known as readonly string[]).includes(name)) continue;
    throw new Error(`--${option} ${name}: expected ${known.join(', ')}`);
  }
  return known.filter((name) => asked.includes(name));
}

function batchSizes(): readonly number[] {
  if (options.batch === undefined) return options.all ? [1, 32, 128, 256] : [128];
  return options.batch.map((text) => {
    const size = Number(text);
    if (!Number.isInteger(size) || size < 1) throw new Error(`--batch ${text}: expected 1 or more`);
    return size;
  });
}

const devices = readDevices(fileURLToPath(new URL('../../test/devices', import.meta.url)));
const deviceNames = devices.map(({ name }) => name);
const wanted = chosen('device', deviceNames, deviceNames, options.device);
const every: readonly Precision[] = ['tf32', 'bf16', 'float32'];
const usual: readonly Precision[] = options.all ? every : ['tf32', 'bf16'];
const names = networks.map(({ name }) => name);
const wantedNetworks = chosen('network', names, names, options.network);
const middle = Math.ceil(wantedNetworks.length / 2);
// Smaller jobs keep both processes busy to the end. Those of one device and precision are far apart
// in the list, so that the second finds what the first has built.
const halves = [wantedNetworks.slice(0, middle), wantedNetworks.slice(middle)];

function jobsOf(planCache: string): Job[] {
  return halves
    .filter((half) => half.length > 0)
    .flatMap((half) =>
      devices
        .filter(({ name }) => wanted.includes(name))
        .flatMap((device) =>
          chosen('precision', every, usual, options.precision).map((precision) => ({
            device,
            precision,
            networks: half,
            batchSizes: batchSizes(),
            commands: options.commands,
            planCache,
          })),
        ),
    );
}

const started = performance.now();
const progress = (text: string): void => {
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write(`${seconds.toFixed(0).padStart(4)} s  ${text}\n`);
};
const planCache = options.cache ?? mkdtempSync(join(tmpdir(), 'node-cudnn-plans-'));
const report = await runJobs(jobsOf(planCache), 2, progress)
  .then((outcome) => makeReport(devices, outcome))
  .finally(() => {
    if (options.cache === undefined) rmSync(planCache, { recursive: true, force: true });
  });
console.log(options.json ? JSON.stringify(report) : formatReport(devices, report));
process.exitCode = report.refused.length > 0 ? 1 : 0;
