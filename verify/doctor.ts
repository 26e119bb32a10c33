import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../esm/cli/index.js', import.meta.url));

function run(args: readonly string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
  });
  return { status, text: `${stdout}${stderr}` };
}

export function runDoctor(): { ok: boolean; text: string } {
  const { status, text } = run(['doctor', '--backend', 'cuda']);
  return { ok: status === 0, text };
}

export interface InspectedLibrary {
  readonly title: string;
  readonly path?: string;
  readonly version?: string;
}

/** The libraries that the product found. */
export function libraries(): readonly InspectedLibrary[] {
  const { text } = run(['inspect', '--json']);
  return (JSON.parse(text) as { libraries: InspectedLibrary[] }).libraries;
}

/** Their folders, as the loader takes them. */
export function libraryPath(): string {
  const folders = libraries().flatMap(({ path }) => (path === undefined ? [] : [dirname(path)]));
  const before = process.env.LD_LIBRARY_PATH;
  return [...new Set(folders), ...(before === undefined ? [] : [before])].join(':');
}
