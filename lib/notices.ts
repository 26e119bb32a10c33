import { functionOf } from './errors/optionValues.js';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Takes one line of text, without its end. */
export type Logger = (line: string) => void;

const toStandardError: Logger = (line) => {
  process.stderr.write(`${line}\n`);
};

let logger = toStandardError;

/**
 * Where this package says what it decided by itself, such as to compute on the CPU: by default
 * on standard error. Without an argument the default returns.
 */
export function setLogger(log: Logger = toStandardError): void {
  logger = functionOf('setLogger()', 'log', log, 'a line');
}

/** Says a line. */
export function say(line: string): void {
  logger(`node-cudnn: ${line}`);
}

/** Says a line once in a process and in the worker threads that it starts later. */
export function sayOnce(line: string): void {
  const key = `node-cudnn said ${line}`;
  if ((getEnvironmentData(key) as unknown) !== undefined) return;
  setEnvironmentData(key, true);
  say(line);
}
