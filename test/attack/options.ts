import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface AttackOptions {
  readonly minutes: number;
  /** Chooses the cases of every kind. */
  readonly seed: number;
  /** Names of kinds; all where there are none. */
  readonly only: readonly string[];
  /** One case to run again, in place of all. */
  readonly single: { readonly name: string; readonly seed: number } | undefined;
  /** Processes at once. */
  readonly jobs: number;
  /** Where a report in Markdown is to be written. */
  readonly report: string | undefined;
  /** The folder of the kinds. */
  readonly kinds: string;
}

function numberOf(name: string, text: string, minimum: number): number {
  const value = Number(text);
  if (text !== '' && value >= minimum && Number.isFinite(value)) return value;
  throw new Error(`attack: --${name} is '${text}'; expected a number of at least ${minimum}`);
}

function caseOf(text: string): AttackOptions['single'] {
  const [, name, seed] = /^(\w+):(\d+)$/.exec(text) ?? [];
  if (name !== undefined && seed !== undefined) return { name, seed: Number(seed) };
  throw new Error(`attack: --case is '${text}'; expected KIND:SEED, as a finding shows it`);
}

/** What stands on the command line. Throws where it cannot be read. */
export function attackOptions(args: readonly string[]): AttackOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      case: { type: 'string' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      report: { type: 'string' },
      kinds: { type: 'string', default: fileURLToPath(new URL('./kinds', import.meta.url)) },
    },
  });
  return {
    minutes: numberOf('minutes', values.minutes ?? (values.long ? '60' : '5'), 0),
    seed: Math.floor(numberOf('seed', values.seed, 0)),
    only: values.only?.split(',') ?? [],
    single: values.case === undefined ? undefined : caseOf(values.case),
    jobs: Math.floor(numberOf('jobs', values.jobs, 1)),
    report: values.report,
    kinds: values.kinds,
  };
}
