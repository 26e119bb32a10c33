/**
 * npm run attack [-- --minutes 5] [--long] [--seed 1] [--only KIND,KIND] [--case KIND:SEED]
 *                [--jobs 2] [--report FILE]
 *
 * Tries what could break the package: every kind in kinds/, for its part of the time. Each batch of
 * cases runs in a process of its own, so that a crash, a hang and a raw error are findings. Ends with
 * a table; status 1 where anything was found. --long takes an hour; --case runs one case again.
 */
import { writeFileSync } from 'node:fs';
import { killBatches, runBatch } from './batch.js';
import { loadKind, loadKinds, type NamedKind } from './kind.js';
import { attackOptions, type AttackOptions } from './options.js';
import { findingText, reportMarkdown, tableText } from './report.js';
import { attack } from './schedule.js';

async function chosenKinds({ kinds, only }: AttackOptions): Promise<NamedKind[]> {
  const all = await loadKinds(kinds);
  const names = all.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`attack: no kind '${unknown}'; there are ${names.join(', ')}`);
  }
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}

async function runSingle(kinds: string, name: string, seed: number): Promise<boolean> {
  const end = await runBatch(kinds, await loadKind(kinds, name), seed, 1);
  for (const failure of end.failures) console.log(`${name}:${seed}: ${failure.message}`);
  const verdict = end.failures.length === 0 ? 'passed' : 'FAILED';
  console.log(`${name}:${seed} ${verdict} after ${end.seconds.toFixed(1)} s`);
  return end.failures.length === 0;
}

async function runAll(options: AttackOptions): Promise<boolean> {
  const kinds = await chosenKinds(options);
  const { minutes, seed, jobs } = options;
  console.log(`attack: seed ${seed}, ${minutes} minutes, ${jobs} processes at once`);
  const onFinding = (finding: Parameters<typeof findingText>[0]): void => {
    console.log(findingText(finding));
  };
  const tallies = await attack(kinds, { kinds: options.kinds, minutes, jobs, seed, onFinding });
  if (options.report !== undefined) {
    writeFileSync(options.report, reportMarkdown(tallies, { seed, minutes, jobs }));
  }
  console.log(`\n${tableText(tallies)}`);
  return tallies.every(({ findings }) => findings.length === 0);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killBatches();
    process.exit(1);
  });
}

const options = attackOptions(process.argv.slice(2));
const { single, kinds } = options;
const clean = await (single === undefined
  ? runAll(options)
  : runSingle(kinds, single.name, single.seed));
process.exitCode = clean ? 0 : 1;
