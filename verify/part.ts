import type { Precision } from 'node-cudnn';

/** One statement about the device, and whether it is true there. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
}

/** A measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** What a part says while it runs, so that what came before a crash is known. */
export interface Reporter {
  check(name: string, ok: boolean, found: string): void;
  figure(name: string, value: number, unit: string): void;
  /** A longer text: a table, the end of a log. */
  text(name: string, text: string): void;
}

export interface PartOptions {
  /** Small sizes, to see that the part works. */
  readonly small: boolean;
  /** Where parts keep plans and models. */
  readonly folder: string;
  readonly precisions: readonly Precision[];
  readonly networks: readonly string[];
  readonly batchSizes: readonly number[];
  readonly autotune: number;
}

/** A part of the verification. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** The most that it may take. */
  readonly seconds: number;
  readonly run: (report: Reporter, options: PartOptions) => Promise<void>;
}

/** The error's code and message. */
export function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: string };
  return `${code ?? error.name}: ${error.message}`;
}

/** A check that fails is added when `run` throws. */
export async function attempt(
  report: Reporter,
  name: string,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    report.check(name, false, said(error));
  }
}

/** Checks that `run` is rejected with this code. */
export async function expectCode(
  report: Reporter,
  name: string,
  code: string,
  run: () => Promise<unknown>,
): Promise<void> {
  const outcome: unknown = await run().then(
    () => 'no error',
    (error: unknown) => error,
  );
  const text = said(outcome);
  report.check(`${name}: ${code}`, text.startsWith(code), text);
}
