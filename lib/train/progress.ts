import cliProgress from 'cli-progress';
import type { Logs } from '../model/trainable.js';

/** Milliseconds between lines where the stream is no terminal. */
const lineInterval = 5000;

export interface ProgressState {
  readonly step: number;
  readonly samples: number;
  readonly logs: Logs;
  /** Milliseconds that the steps took so far. */
  readonly elapsed: number;
  /** Share of the time spent waiting for data, in [0, 1]. */
  readonly dataWait: number;
}

/** What is used of process.stderr. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly label: string;
  /** Undefined when not known beforehand. */
  readonly steps?: number | undefined;
  /** Default process.stderr. */
  readonly stream?: ProgressStream | undefined;
  /** Print nothing but the last line. Default false. */
  readonly summaryOnly?: boolean;
}

/** Shows how far a pass over the data is: a bar on a terminal, else a line every five seconds. */
export class Progress {
  private readonly begun = performance.now();
  private lastLine = performance.now();
  private bar: cliProgress.SingleBar | undefined;

  private readonly label: string;
  private readonly steps: number | undefined;
  private readonly stream: ProgressStream;
  private readonly summaryOnly: boolean;

  constructor(options: ProgressOptions) {
    this.label = options.label;
    this.steps = options.steps;
    this.stream = options.stream ?? process.stderr;
    this.summaryOnly = options.summaryOnly ?? false;
    if (this.stream.isTTY && !this.summaryOnly) this.bar = this.startBar();
  }

  update(state: ProgressState): void {
    if (this.summaryOnly) return;
    if (this.bar) {
      if (this.steps === undefined) this.bar.setTotal(state.step);
      this.bar.update(state.step, { status: this.status(state) });
      return;
    }
    const now = performance.now();
    if (now - this.lastLine < lineInterval) return;
    this.lastLine = now;
    const total = this.steps === undefined ? '' : `/${this.steps}`;
    this.stream.write(`${this.label} - ${state.step}${total} - ${this.status(state)}\n`);
  }

  /** Ends the bar; `state` gives the last line. */
  finish(state?: ProgressState): void {
    this.bar?.stop();
    this.bar = undefined;
    if (!state) return;
    const seconds = (performance.now() - this.begun) / 1000;
    const parts = [this.label, duration(seconds), ...values(state.logs), this.rate(state)];
    this.stream.write(`${parts.join(' - ')}\n`);
  }

  private startBar(): cliProgress.SingleBar {
    const bar = new cliProgress.SingleBar({
      format: `${this.label} {bar} {value}/{total} - {status}`,
      stream: this.stream as NodeJS.WritableStream,
      barsize: 20,
      fps: 5,
      barCompleteChar: '=',
      barIncompleteChar: '.',
      clearOnComplete: true,
      linewrap: true,
      // Signals and the cursor stay as the program has them.
      hideCursor: false,
      gracefulExit: false,
    });
    bar.start(this.steps ?? 0, 0, { status: '' });
    return bar;
  }

  private status(state: ProgressState): string {
    const parts = [...values(state.logs), this.rate(state)];
    if (this.steps !== undefined && state.step > 0) {
      const left = (state.elapsed / state.step) * (this.steps - state.step);
      parts.push(`ETA ${duration(left / 1000)}`);
    }
    parts.push(`data wait ${(100 * state.dataWait).toFixed(0)} %`);
    return parts.join(' - ');
  }

  private rate(state: ProgressState): string {
    const rate = state.elapsed > 0 ? (1000 * state.samples) / state.elapsed : 0;
    return `${rate.toFixed(rate < 10 ? 1 : 0)} images/s`;
  }
}

/** 'name: value' with four decimals, or in scientific form when that shows nothing. */
export function values(logs: Logs): string[] {
  return Object.entries(logs).map(([name, value]) => {
    const small = value !== 0 && Math.abs(value) < 1e-3;
    return `${name}: ${small ? value.toExponential(3) : value.toFixed(4)}`;
  });
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)}s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
