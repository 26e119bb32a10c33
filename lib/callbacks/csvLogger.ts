import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { givenOptions } from '../errors/givenOptions.js';
import { textOf, trueOrFalse } from '../errors/optionValues.js';
import { toIoError } from '../files/ioError.js';
import { requirePath } from '../files/localPath.js';
import type { Logs } from '../model/trainable.js';
import { Callback } from './callback.js';

export interface CSVLoggerOptions {
  /** Default ','. */
  separator?: string;
  /** Add rows to a file that exists instead of replacing it. Default false. */
  append?: boolean;
}

/**
 * Writes one row an epoch to a CSV file: the epoch (from 0) and the logs, sorted by name. Missing
 * folders are made. A file that cannot be written ends the training with ERR_IO.
 */
export class CSVLogger extends Callback {
  private file: FileHandle | undefined;
  private columns: string[] | undefined;
  private readonly filename: string;
  private readonly options: CSVLoggerOptions;

  constructor(filename: string, loggerOptions?: CSVLoggerOptions | null) {
    super();
    const place = 'csvLogger';
    const options = givenOptions(place, loggerOptions, ['separator', 'append']);
    this.options = options;
    this.filename = requirePath(place, filename, 'filename');
    textOf(place, 'separator', options.separator ?? ',');
    trueOrFalse(place, 'append', options.append ?? false);
  }

  override async onTrainBegin(): Promise<void> {
    const append = this.options.append === true;
    await this.atFile('could not be opened', async () => {
      await mkdir(dirname(this.filename), { recursive: true });
      this.file = await open(this.filename, append ? 'a' : 'w');
      // A file that has rows has its header line too.
      const started = append && (await this.file.stat()).size > 0;
      this.columns = started ? this.names() : undefined;
    });
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (!this.columns) {
      this.columns = [...new Set([...this.names(), ...Object.keys(logs).sort()])];
      await this.writeLine(['epoch', ...this.columns]);
    }
    const row = this.columns.map((name) => (logs[name] === undefined ? 'NA' : String(logs[name])));
    await this.writeLine([String(epoch), ...row]);
  }

  override async onTrainEnd(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await this.atFile('could not be closed', async () => file?.close());
  }

  private async writeLine(cells: readonly string[]): Promise<void> {
    const line = `${cells.join(this.options.separator ?? ',')}\n`;
    await this.atFile('could not be written', async () => this.file?.appendFile(line));
  }

  private async atFile(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw toIoError(this.filename, what, error);
    }
  }

  private names(): string[] {
    return [...(this.params?.metrics ?? [])].sort();
  }
}

/** Makes a CSVLogger callback. */
export function csvLogger(filename: string, options?: CSVLoggerOptions | null): CSVLogger {
  return new CSVLogger(filename, options);
}
