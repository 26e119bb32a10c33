import { spawn } from 'node:child_process';
import { join } from 'node:path';

import type { ModelSpec } from '../../lib/native/program.js';
import { addonFile } from './addonFile.js';
import { training } from './models.js';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface ChildWork {
  readonly model: ModelSpec;
  readonly rows: number;
  readonly rowElements: number;
  /** What the program reads after the model and the batch. */
  readonly parameters: readonly (string | number)[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs children/<name>.cjs in a process of its own, without TypeScript, until it ends. */
export async function runChild(name: string, work: ChildWork): Promise<ChildEnd> {
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      join(__dirname, 'children', `${name}.cjs`),
      addonFile,
      JSON.stringify({ model: work.model, training }),
      JSON.stringify({ rows: work.rows, elements: work.rows * work.rowElements }),
      ...work.parameters.map(String),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // As lib/native/addon.ts loads the addon.
      env: { ...process.env, GOMP_SPINCOUNT: '1000', ...work.environment },
      timeout: 180_000,
    },
  );
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, out, err });
    });
  });
}
