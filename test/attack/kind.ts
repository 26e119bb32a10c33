import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a case may use. */
export interface CaseContext {
  /** An empty folder of this case, removed after it. */
  readonly folder: string;
}

/** One kind of attack: a file in kinds/ that exports it as `kind`, under the file's name. */
export interface Kind {
  /** In a few words, for the table. */
  readonly describe: string;
  /** Part of the time, beside the other kinds' parts. Default 1. */
  readonly share?: number;
  /** How many cases, one after the other, a process tries. Default 10. */
  readonly batch?: number;
  /** After how many seconds a case counts as hanging. Default 60. */
  readonly seconds?: number;
  /** How many MiB a process, with those that it starts, may take. Default 3072. */
  readonly mebibytes?: number;
  /** What a process writes that a fault of Node.js ended, and none of the package. */
  readonly endedByNode?: RegExp;
  /** Environment variables of the process that tries a batch, by the number of the batch. */
  environment?(batch: number): Readonly<Record<string, string>>;
  /**
   * Tries one case, chosen by the seed alone. Whatever it throws is a finding, as are a crash of the
   * process, a hang, memory beyond the limit, an unhandled rejection and an end with another status
   * than 0.
   */
  run(seed: number, context: CaseContext): Promise<void>;
}

export const defaults = { share: 1, batch: 10, seconds: 60, mebibytes: 3072 } as const;

/** A kind with the name of its file. */
export interface NamedKind {
  readonly name: string;
  readonly kind: Kind;
}

export async function loadKind(folder: string, name: string): Promise<NamedKind> {
  const file = pathToFileURL(join(folder, `${name}.js`)).href;
  const { kind } = (await import(file)) as { kind: Kind };
  return { name, kind };
}

/** Every kind in the folder, by name. */
export async function loadKinds(folder: string): Promise<NamedKind[]> {
  const names = readdirSync(folder).flatMap((file) => /^(\w+)\.js$/.exec(file)?.[1] ?? []);
  return Promise.all(names.sort().map((name) => loadKind(folder, name)));
}

/** Bytes of a model that is run, so that a large one, which is no fault, does not end the case. */
export const modestBytes = 2 ** 28;
