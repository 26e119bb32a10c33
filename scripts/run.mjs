import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, without a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).slice(0, -1);

/** Runs a command in the package's folder on this terminal; true when it exits with 0. */
export function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}`);
  if (signal) console.error(`${command} was ended by ${signal}`);
  return status === 0;
}
