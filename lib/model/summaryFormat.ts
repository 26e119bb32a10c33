import { listOf } from '../errors/lists.js';
import { realNumber, wholeNumber } from '../errors/optionValues.js';

export interface SummaryFormat {
  /** Characters in a line. Default: as many as the table needs. */
  readonly lineLength?: number | undefined;
  /** Where each column ends: shares of the line, or characters when above 1. */
  readonly positions?: readonly number[] | undefined;
  /** Whether to show what each layer is connected to. */
  readonly connections: boolean;
}

const place = 'summary()';
/** The most characters in a line. */
const longestLine = 10_000;

/** The arguments of summary(), checked; ERR_OPTION names the one at fault. */
export function summaryFormat(
  lineLength: number | null | undefined,
  positions: readonly number[] | null | undefined,
  connections: boolean,
): SummaryFormat {
  const line = lineLength ?? undefined;
  const range = { minimum: 0, maximum: longestLine };
  if (line !== undefined) {
    wholeNumber(place, 'lineLength', line, 0);
    realNumber(place, 'lineLength', line, range);
  }
  const ends = positions ?? undefined;
  if (ends === undefined) return { lineLength: line, connections };
  const list = listOf(place, 'positions', ends, { longest: 4, expected: 'an array of numbers' });
  const checked = list.map((end) => realNumber(place, 'positions', end, range));
  return { lineLength: line, positions: checked, connections };
}
