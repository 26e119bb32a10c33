import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface ProgramOptions {
  /** Limits that a shell sets before: 'ulimit -v 1000000'. */
  readonly limit?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the process, and each time that it has written something, with all that it wrote. */
  readonly follow?: (child: ChildProcess, out: string) => void;
}

/** Runs programs/<name>.js with arguments, in a process of its own, to its end. */
export function runProgram(
  name: string,
  args: readonly (string | number)[],
  { limit = ':', environment = {}, follow }: ProgramOptions = {},
): Promise<ProgramEnd> {
  const file = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
  const child = spawn(
    '/bin/sh',
    ['-c', `${limit} && exec "$0" "$@"`, process.execPath, file, ...args.map(String)],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  );
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    follow?.(child, out);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-4000)));
  follow?.(child, out);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, out, err });
    });
  });
}

/** Milliseconds later. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
