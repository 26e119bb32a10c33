import type { Check, Figure, Reporter } from './part.js';

/** What a part's process sends to the one that started it: a line each. */
export type Line =
  | ({ readonly kind: 'check' } & Check)
  | ({ readonly kind: 'figure' } & Figure)
  | { readonly kind: 'text'; readonly name: string; readonly text: string };

const mark = '@verify ';

function send(line: Line): void {
  process.stdout.write(`${mark}${JSON.stringify(line)}\n`);
}

/** For a part's own process. */
export const sender: Reporter = {
  check(name, ok, found) {
    send({ kind: 'check', name, ok, found });
  },
  figure(name, value, unit) {
    send({ kind: 'figure', name, value, unit });
  },
  text(name, text) {
    send({ kind: 'text', name, text });
  },
};

/** The line that a process sent; undefined for what it printed otherwise. */
export function lineOf(text: string): Line | undefined {
  return text.startsWith(mark) ? (JSON.parse(text.slice(mark.length)) as Line) : undefined;
}

/** For people. */
export function lineText(line: Line): string {
  switch (line.kind) {
    case 'check':
      return `${line.ok ? 'ok    ' : 'FAILED'} ${line.name}: ${line.found}`;
    case 'figure':
      return `       ${line.name}: ${line.value.toPrecision(5)} ${line.unit}`;
    case 'text':
      return `       ${line.name}:\n${line.text}`;
  }
}
