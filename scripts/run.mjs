import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, without a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).slice(0, -1);

/**
 * Runs a command in the package's folder on this terminal; true when it exits with 0. Its stdout
 * goes to the file, if one is named.
 */
export function run(command, args, file) {
  const output = file === undefined ? 'inherit' : openSync(file, 'w');
  const stdio = ['inherit', output, 'inherit'];
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio });
  if (file !== undefined) closeSync(output);
  if (error) console.error(`${command}: ${error.message}`);
  if (signal) console.error(`${command} was ended by ${signal}`);
  return status === 0;
}
