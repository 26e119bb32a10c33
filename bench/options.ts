import { parseArgs } from 'node:util';
import { networksOf } from './networks.js';
import type { BenchNetwork } from './networks/benchNetwork.js';

export interface BenchOptions {
  /** What is measured: the AlexNets, or all networks in training or prediction. */
  readonly form: 'alexnets' | 'networks' | 'predict';
  readonly json: boolean;
  readonly peers: boolean;
  readonly batch: number;
  readonly repeats: number;
  readonly rounds: number;
  readonly only: readonly BenchNetwork[];
  /** The file that the table is written to. */
  readonly markdown?: string;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`--${name} is '${text}'; expected a whole number of at least 1`);
}

/** Which options are not for all forms, and for which they are. */
const formsOf = {
  networks: ['only', 'rounds', 'markdown'],
  predict: ['only', 'rounds', 'markdown'],
  alexnets: ['peers', 'batch', 'repeats'],
} as const;

function checkForm(form: BenchOptions['form'], given: ReadonlySet<string>): void {
  const allowed: readonly string[] = [...formsOf[form], 'json', 'networks', 'predict'];
  const wrong = [...given].find((name) => !allowed.includes(name));
  if (wrong === undefined) return;
  const needed = form === 'alexnets' ? 'only with --networks or --predict' : `not with --${form}`;
  throw new RangeError(`--${wrong} is ${needed}`);
}

/** Throws an error that says what is wrong with the options. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: { type: 'boolean' },
      predict: { type: 'boolean' },
      json: { type: 'boolean' },
      peers: { type: 'boolean' },
      batch: { type: 'string' },
      repeats: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true },
      markdown: { type: 'string' },
    },
  });
  if (values.networks === true && values.predict === true) {
    throw new RangeError('--networks and --predict are two runs; choose one');
  }
  const form = values.networks ? 'networks' : values.predict ? 'predict' : 'alexnets';
  checkForm(form, new Set(Object.keys(values)));
  const { json = false, peers = false, markdown } = values;
  return {
    form,
    json,
    peers,
    batch: count('batch', values.batch ?? '64'),
    repeats: count('repeats', values.repeats ?? '3'),
    rounds: count('rounds', values.rounds ?? '5'),
    only: networksOf(values.only ?? []),
    ...(markdown === undefined ? {} : { markdown }),
  };
}
