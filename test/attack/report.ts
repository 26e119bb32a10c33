import { cpus } from 'node:os';
import type { Finding, Tally } from './schedule.js';

/** The command that runs a case again. */
export function again({ name, seed }: Pick<Finding, 'name' | 'seed'>): string {
  return `npm run attack -- --case ${name}:${seed}`;
}

/** A finding in two lines. */
export function findingText(finding: Finding): string {
  const alone = finding.alone ? '' : ' (not when run by itself)';
  const message = finding.message.replace(/\s+/g, ' ').slice(0, 2500);
  return `${finding.name}:${finding.seed}${alone}: ${message}\n    ${again(finding)}`;
}

const columns = ['kind', 'what', 'cases', 'findings', 'seconds'] as const;

function rows(tallies: readonly Tally[]): string[][] {
  const line = (name: string, what: string, of: readonly Tally[]): string[] => [
    name,
    what,
    String(of.reduce((sum, { cases }) => sum + cases, 0)),
    String(of.reduce((sum, { findings }) => sum + findings.length, 0)),
    String(Math.round(of.reduce((sum, { seconds }) => sum + seconds, 0))),
  ];
  return [
    ...tallies.map((tally) => line(tally.named.name, tally.named.kind.describe, [tally])),
    line('all', '', tallies),
  ];
}

/** The table of kinds, for a terminal. */
export function tableText(tallies: readonly Tally[]): string {
  const table = [[...columns], ...rows(tallies)];
  const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const pad = (cell: string, i: number): string =>
    i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return table.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

export interface RunFacts {
  readonly seed: number;
  readonly minutes: number;
  readonly jobs: number;
}

/** The same with the findings, in Markdown. */
export function reportMarkdown(tallies: readonly Tally[], facts: RunFacts): string {
  const found = tallies.flatMap(({ findings }) => findings);
  const cells = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const processor = cpus()[0]?.model ?? 'unknown processor';
  return [
    '# Attacks',
    '',
    `Seed ${facts.seed}, ${facts.minutes} minutes, ${facts.jobs} processes at once; ` +
      `${processor}, ${cpus().length} cores, Node.js ${process.version}.`,
    'Seconds are those of all processes of a kind together.',
    '',
    cells(columns),
    '| --- | --- | ---: | ---: | ---: |',
    ...rows(tallies).map(cells),
    '',
    ...(found.length === 0
      ? ['No crash, no hang, no difference and no raw error was found.']
      : ['Findings:', '', ...found.map((each) => `- ${findingText(each)}`)]),
    '',
  ].join('\n');
}
