import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { peerScript, python, type PeerName } from './peers.js';
import type { Task } from './task.js';

/** A line of a worker. */
export interface WorkerLine {
  readonly ready?: boolean;
  /** Why it cannot do its task. */
  readonly cannot?: string;
  readonly version?: string;
  /** Of a step or call: the median of a turn. */
  readonly milliseconds?: number;
  /** Of node-cudnn: the step's primitives, each repeated alone. */
  readonly primitivesMilliseconds?: number;
}

export type Runner = 'node-cudnn' | PeerName;

/**
 * A process that has made a network and takes turns when it is asked for one. Between turns it
 * waits for a line, so that it leaves the cores to the others.
 */
export class Worker {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly lines: AsyncIterator<string>;
  private complaints = '';

  constructor(
    readonly runner: Runner,
    task: Task,
  ) {
    const [command, script] =
      runner === 'node-cudnn'
        ? [process.execPath, fileURLToPath(new URL('ownWorker.js', import.meta.url))]
        : [python, peerScript(`${runner}_worker`)];
    this.child = spawn(command, [script, JSON.stringify(task)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stderr.setEncoding('utf8');
    this.child.stderr.on('data', (text: string) => {
      this.complaints = (this.complaints + text).slice(-2000);
    });
    // A write to a worker that has ended is told by the line that does not come.
    this.child.stdin.on('error', () => undefined);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line; an error with what it wrote to stderr when it ended without one. */
  async line(): Promise<WorkerLine> {
    const next = await this.lines.next();
    if (next.done === true) {
      throw new Error(`the worker of ${this.runner} ended early:\n${this.complaints}`);
    }
    return JSON.parse(next.value) as WorkerLine;
  }

  async ask(what: 'run' | 'primitives', batch: number): Promise<WorkerLine> {
    this.child.stdin.write(`${what} ${batch}\n`);
    return this.line();
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
