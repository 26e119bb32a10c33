/** Where the commands print to. */
export interface Terminal {
  readonly write: (text: string) => void;
  /** Characters in a line. */
  readonly width: number;
  readonly colors: boolean;
}

const usualWidth = 80;

/** What is used of process.stdout; a file has no columns. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A stream's width and colors; NO_COLOR turns the colors off. */
export function terminalOf(stream: OutputStream): Terminal {
  const { isTTY, columns } = stream;
  return {
    write: (text) => stream.write(text),
    width: isTTY === true && columns !== undefined && columns > 0 ? columns : usualWidth,
    colors: isTTY === true && (process.env.NO_COLOR ?? '') === '',
  };
}

const codes = { green: 32, red: 31, yellow: 33, dim: 2 } as const;

export function colored(text: string, color: keyof typeof codes, on: boolean): string {
  return on ? `\x1b[${codes[color]}m${text}\x1b[0m` : text;
}

/** Lines of at most `width` characters, broken between words; a longer word has its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
