import type { Check } from '../cuda/checks.js';
import { failures } from '../cuda/cuda.js';
import { systemName } from '../cuda/distribution.js';
import type { Examination } from './examine.js';
import { colored, wrapped, type Terminal } from './terminal.js';

function missing({ checks, variables }: Examination, backend: 'cpu' | 'cuda'): Check[] {
  // The CPU's parts are needed by all.
  return [...variables, ...failures(checks)].filter(
    (check) => check.backend === backend || check.backend === 'cpu',
  );
}

/** Whether models run on this backend: 'auto', 'cpu', 'cuda' or 'cuda:1'. */
export function works(found: Examination, backend: string): boolean {
  if (backend === 'auto' || backend === 'cpu') return missing(found, 'cpu').length === 0;
  if (missing(found, 'cuda').length > 0) return false;
  const { devices } = found.cuda;
  if (backend === 'cuda') return devices.length > 0;
  return devices.some(({ index }) => backend === `cuda:${index}`);
}

function markOf({ ok, optional }: Check, colors: boolean): string {
  if (ok) return colored('✓', 'green', colors);
  return optional === true ? colored('–', 'yellow', colors) : colored('✗', 'red', colors);
}

const narrowIndent = 4;

class Table {
  private readonly titles: number;
  private readonly versions: number;

  constructor(
    checks: readonly Check[],
    private readonly terminal: Terminal,
  ) {
    this.titles = Math.max(...checks.map(({ title }) => title.length));
    this.versions = Math.max(...checks.map(({ version }) => version?.length ?? 0));
  }

  rows(check: Check): string[] {
    const { title, version = '', path, from, detail, problem, remedy } = check;
    const via = from === undefined ? '' : ` (${from})`;
    const facts = [detail, path === undefined ? undefined : `${path}${via}`, problem];
    const start = `${markOf(check, this.terminal.colors)} ${title.padEnd(this.titles)}`;
    const column = this.titles + this.versions + 6;
    // A narrow terminal has the facts below the title.
    const below = column > this.terminal.width / 2;
    const indent = below ? narrowIndent : column;
    const texts = [...facts, remedy === undefined ? undefined : `to do: ${remedy}`]
      .filter((text) => text !== undefined)
      .flatMap((text) => wrapped(text, this.terminal.width - indent));
    const first = below ? '' : (texts.shift() ?? '');
    const line = `${start}  ${version.padEnd(this.versions)}  ${first}`.trimEnd();
    return [line, ...texts.map((text) => `${' '.repeat(indent)}${text}`)].map((row) => `  ${row}`);
  }
}

function verdict(found: Examination, backend: 'cpu' | 'cuda'): string {
  if (works(found, backend)) return `'${backend}' can be used`;
  const titles = missing(found, backend).map(({ title }) => title);
  return `'${backend}' cannot be used: see ${titles.join(', ')}`;
}

const noDevice =
  'There is no NVIDIA device here; `npx node-cudnn doctor --backend cuda` shows what CUDA needs';

/** The checks as a table, and what follows from them. */
export function doctorText(
  found: Examination,
  version: string,
  backend: string,
  terminal: Terminal,
): string {
  const system = systemName(found.cuda.machine) || process.platform;
  const table = new Table([...found.variables, ...found.checks], {
    ...terminal,
    width: terminal.width - 2,
  });
  const section = (name: string, checks: readonly Check[]): string[] =>
    checks.length === 0 ? [] : ['', name, ...checks.flatMap((check) => table.rows(check))];
  const of = (wanted: 'cpu' | 'cuda'): Check[] =>
    found.checks.filter((check) => check.backend === wanted);
  const ofCuda = found.cudaMatters ? verdict(found, 'cuda') : noDevice;
  const versions = `node-cudnn ${version}, Node.js ${process.versions.node}`;
  const lines = [
    ...wrapped(`${versions}, ${system}, ${process.arch}`, terminal.width),
    ...section('Environment variables', found.variables),
    ...section('CPU', of('cpu')),
    ...section('CUDA', of('cuda')),
    '',
    `${verdict(found, 'cpu')}.`,
    ...wrapped(`${ofCuda}.`, terminal.width),
  ];
  if (backend.startsWith('cuda:') && works(found, 'cuda') && !works(found, backend)) {
    lines.push(`There is no usable device '${backend}'.`);
  }
  return `${lines.join('\n')}\n`;
}
