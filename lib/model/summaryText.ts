import { sharingLines } from './sharing.js';
import type { SummaryData, SummaryRow } from './summaryData.js';
import type { SummaryFormat } from './summaryFormat.js';

// Spaces between columns.
const gap = 3;

const count = (n: number): string => n.toLocaleString('en-US');

// In units of 1024, as Keras prints them.
function bytesText(params: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = 4 * params;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; ++unit) size /= 1024;
  return `${size.toFixed(2)} ${units[unit] ?? 'B'}`;
}

function cells(row: SummaryRow, connections: boolean): string[] {
  const { name, type, outputShape, params, connectedTo } = row;
  const shape = `[${outputShape.map(String).join(', ')}]`;
  const columns = [`${name} (${type})`, shape, count(params)];
  return connections ? [...columns, connectedTo.join(', ')] : columns;
}

function columnEnds(table: readonly string[][], format: SummaryFormat): number[] {
  const { lineLength, positions } = format;
  if (positions !== undefined) {
    const shares = positions.every((position) => position <= 1);
    return positions.map((position) =>
      shares ? Math.floor(position * (lineLength ?? 80)) : position,
    );
  }
  const widths = (table[0] ?? []).map(
    (_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)) + gap,
  );
  const ends = widths.map((_, i) => widths.slice(0, i + 1).reduce((sum, width) => sum + width, 0));
  const spare = Math.max(0, (lineLength ?? 0) - (ends.at(-1) ?? 0));
  // The first columns take what a longer line leaves.
  return ends.map((end, i) => end + Math.floor((spare * (i + 1)) / ends.length));
}

function line(fields: readonly string[], ends: readonly number[]): string {
  let text = '';
  fields.forEach((field, i) => {
    const width = (ends[i] ?? 0) - text.length - 1;
    const cut = field.length > width ? `${field.slice(0, Math.max(0, width - 3))}...` : field;
    text += ` ${cut.padEnd(width)}`;
  });
  return text.trimEnd();
}

/** Keras's table of a model, line by line. */
export function summaryLines(data: SummaryData, format: SummaryFormat): string[] {
  const { connections } = format;
  const titles = ['Layer (type)', 'Output Shape', 'Param #'];
  const header = connections ? [...titles, 'Connected to'] : titles;
  const table = [header, ...data.rows.map((row) => cells(row, connections))];
  const ends = columnEnds(table, format);
  const width = format.lineLength ?? Math.max(65, ends.at(-1) ?? 0);
  const [first = '', ...rest] = table.map((fields) => line(fields, ends));
  const { totalParams, trainableParams, nonTrainableParams } = data;
  const total = (label: string, params: number): string =>
    `${label} params: ${count(params)} (${bytesText(params)})`;
  return [
    `Model: "${data.name}"`,
    '_'.repeat(width),
    first,
    '='.repeat(width),
    ...rest,
    '='.repeat(width),
    total('Total', totalParams),
    total('Trainable', trainableParams),
    total('Non-trainable', nonTrainableParams),
    ...sharingLines(data.shared).map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`),
    '_'.repeat(width),
  ];
}
