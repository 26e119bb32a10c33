import { open, type FileHandle } from 'node:fs/promises';
import { checkOptionNames } from '../errors/optionNames.js';
import { textOf, trueOrFalse } from '../errors/optionValues.js';
import { toIoError } from '../formats/atomicFile.js';
import type { Logs } from '../model/trainable.js';
import { Callback } from './callback.js';

export interface CSVLoggerOptions {
  /** Default ','. */
  separator?: string;
  /** Add rows to a file that exists instead of replacing it. Default false. */
  append?: boolean;
}

/** Writes one row an epoch to a CSV file: the epoch (from 0) and the logs, sorted by name. */
export class CSVLogger extends Callback {
  private file: FileHandle | undefined;
  private columns: string[] | undefined;

  constructor(
    private readonly filename: string,
    private readonly options: CSVLoggerOptions = {},
  ) {
    super();
    const place = 'csvLogger';
    checkOptionNames(place, options, ['separator', 'append']);
    textOf(place, 'filename', filename);
    textOf(place, 'separator', options.separator ?? ',');
    trueOrFalse(place, 'append', options.append ?? false);
  }

  override async onTrainBegin(): Promise<void> {
    const append = this.options.append === true;
    try {
      this.file = await open(this.filename, append ? 'a' : 'w');
    } catch (error) {
      throw toIoError(this.filename, 'could not be opened', error);
    }
    // A file that has rows has its header line too.
    const started = append && (await this.file.stat()).size > 0;
    this.columns = started ? this.names() : undefined;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const separator = this.options.separator ?? ',';
    if (!this.columns) {
      this.columns = [...new Set([...this.names(), ...Object.keys(logs).sort()])];
      await this.file?.write(['epoch', ...this.columns].join(separator) + '\n');
    }
    const row = this.columns.map((name) => (logs[name] === undefined ? 'NA' : String(logs[name])));
    await this.file?.write([String(epoch), ...row].join(separator) + '\n');
  }

  override async onTrainEnd(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
  }

  private names(): string[] {
    return [...(this.params?.metrics ?? [])].sort();
  }
}

/** Makes a CSVLogger callback. */
export function csvLogger(filename: string, options: CSVLoggerOptions = {}): CSVLogger {
  return new CSVLogger(filename, options);
}
