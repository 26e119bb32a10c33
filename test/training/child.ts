import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** The path of a program in children/. */
export function childFile(name: string): string {
  return join(__dirname, 'children', `${name}.cjs`);
}

export interface Child {
  readonly process: ChildProcess;
  /** What it printed so far. */
  readonly output: () => string;
  /** Resolves when it has printed `text`. */
  readonly printed: (text: string) => Promise<void>;
  /** Resolves to its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts a command, which ends after a minute at the latest. */
export function startChild(command: string, args: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    child.emit('printed');
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (output.includes(text)) resolve();
      };
      look();
      child.on('printed', look);
      child.once('close', () => {
        reject(new Error(`ended before it printed '${text}': ${output}`));
      });
    });
  return { process: child, output: () => output, printed, ended };
}
