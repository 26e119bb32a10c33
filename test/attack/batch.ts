import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildLine } from './childLine.js';
import { defaults, type NamedKind } from './kind.js';
import { groupMebibytes } from './memoryUse.js';

/** A case that went wrong. */
export interface Failure {
  readonly seed: number;
  readonly message: string;
}

/** How a batch ended. */
export interface BatchEnd {
  /** Cases that were tried to their end, or to that of the process. */
  readonly cases: number;
  readonly failures: readonly Failure[];
  /** The case after the last one that was tried. */
  readonly next: number;
  readonly seconds: number;
}

const childFile = fileURLToPath(new URL('./child.js', import.meta.url));
const running = new Set<ChildProcess>();

/** Ends a child and whatever it started: it leads a process group. */
function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}

/** Ends every batch that is running. */
export function killBatches(): void {
  for (const child of running) kill(child);
}

/** The cases of the process that tries a seed: they share its environment. */
export function batchOf({ kind }: NamedKind, seed: number): number {
  return Math.floor(seed / (kind.batch ?? defaults.batch));
}

function environmentOf(named: NamedKind, seed: number): NodeJS.ProcessEnv {
  return { ...process.env, ...named.kind.environment?.(batchOf(named, seed)) };
}

/** Follows one child: which case it is at, what failed, and whether it keeps within its limits. */
class Watch {
  cases = 0;
  next: number;
  readonly failures: Failure[] = [];
  private current: number;
  private since = performance.now();
  private done = false;
  private stopped: string | undefined;

  constructor(
    private readonly named: NamedKind,
    private readonly child: ChildProcess,
    first: number,
  ) {
    this.current = first;
    this.next = first;
  }

  hear(text: string): void {
    const line = JSON.parse(text) as ChildLine;
    this.since = performance.now();
    if ('begins' in line) {
      this.current = line.begins;
      this.next = line.begins + 1;
      this.cases += 1;
    } else if ('found' in line) {
      this.failures.push({ seed: line.found, message: line.message });
    } else if ('done' in line) {
      this.done = true;
    }
  }

  /** Stops a child that hangs or takes too much memory. */
  look(): void {
    const { seconds = defaults.seconds, mebibytes = defaults.mebibytes } = this.named.kind;
    if (performance.now() - this.since > seconds * 1000) {
      this.stop(`hang: no end after ${seconds} s`);
    }
    const used = groupMebibytes(this.child.pid ?? -1);
    if (used > mebibytes) this.stop(`memory: ${Math.round(used)} MiB, more than ${mebibytes}`);
  }

  /** `words`: what the process wrote last. */
  ended(code: number | null, signal: NodeJS.Signals | null, words: string): void {
    if (this.stopped === undefined && code === 0 && this.done) return;
    if (this.stopped === undefined && this.named.kind.endedByNode?.test(words) === true) return;
    const what = signal ?? `status ${code ?? 'none'}`;
    const when = this.done ? ', after its last case' : '';
    const message = (this.stopped ?? `crash: ended with ${what}${when}`) + words;
    this.failures.push({ seed: this.current, message });
    this.cases = Math.max(this.cases, 1);
    this.next = this.current + 1;
  }

  private stop(reason: string): void {
    this.stopped ??= reason;
    kill(this.child);
  }
}

/** Tries `count` cases from `first` on in one process, until its end. */
export async function runBatch(
  kinds: string,
  named: NamedKind,
  first: number,
  count: number,
): Promise<BatchEnd> {
  const began = performance.now();
  const place = mkdtempSync(join(tmpdir(), 'attack-'));
  const child = spawn(
    process.execPath,
    ['--expose-gc', childFile, kinds, named.name, place, String(first), String(count)],
    {
      detached: true,
      env: environmentOf(named, first),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  running.add(child);
  const watch = new Watch(named, child, first);
  let log = '';
  const note = (text: string): void => void (log = (log + text).slice(-4000));
  child.stdout?.setEncoding('utf8').on('data', note);
  child.stderr?.setEncoding('utf8').on('data', note);
  const lines = createInterface({ input: child.stdio[3] as NodeJS.ReadableStream });
  lines.on('line', (line) => {
    watch.hear(line);
  });
  const timer = setInterval(() => {
    watch.look();
  }, 250);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (...end) => {
      resolve(end);
    });
  });
  clearInterval(timer);
  running.delete(child);
  kill(child);
  const words = log === '' ? '' : `; it wrote: ${log.trim()}`;
  watch.ended(code, signal, words);
  rmSync(place, { recursive: true, force: true });
  const { cases, next } = watch;
  return { cases, failures: watch.failures, next, seconds: (performance.now() - began) / 1000 };
}
