// child.js KINDS KIND PLACE FIRST COUNT: tries COUNT cases of a kind from seed FIRST on, with folders in
// PLACE. Says on descriptor 3, in lines of JSON that are written at once, which case begins and how
// it ended.
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildLine } from './childLine.js';
import { loadKind } from './kind.js';
import { errorText } from './verdict.js';

const [kinds = '', name = '', place = '', first = '', count = ''] = process.argv.slice(2);

function say(line: ChildLine): void {
  writeSync(3, `${JSON.stringify(line)}\n`);
}

/** Where an error began: that of its cause, where it has one. */
function origin(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return origin(error.cause) ?? (error.stack ?? '').split('\n    at ')[1];
}

function finding(error: unknown): string {
  const stack = origin(error);
  return `${errorText(error)}${stack === undefined ? '' : ` (at ${stack})`}`;
}

let stray: string | undefined;
process.on('unhandledRejection', (error) => (stray ??= `unhandled rejection: ${finding(error)}`));

const { kind } = await loadKind(kinds, name);
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  say({ begins: seed });
  const folder = mkdtempSync(join(place, 'case-'));
  // What is written to a path without a folder goes there, too.
  process.chdir(folder);
  try {
    await kind.run(seed, { folder });
    // An unhandled rejection is told a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    say(stray === undefined ? { passed: seed } : { found: seed, message: stray });
  } catch (error) {
    say({ found: seed, message: finding(error) });
  }
  stray = undefined;
  process.chdir(place);
  rmSync(folder, { recursive: true, force: true });
}
say({ done: true });
