import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { lineOf, lineText, type Line } from './lines.js';
import type { Part } from './part.js';

/**
 * Runs a part in a process of its own, shows what it says and resolves to it. A last check tells
 * how the process ended.
 */
export async function runInProcess(
  part: Part,
  program: string,
  args: readonly string[],
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const child = spawn(process.execPath, [program, ...args, '--part', part.name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * part.seconds);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(signal ?? `status ${code ?? '?'}`);
    });
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const line = lineOf(text);
    if (line !== undefined) lines.push(line);
    console.log(line === undefined ? text : lineText(line));
  }
  const found = await ended;
  clearTimeout(timer);
  const end: Line = { kind: 'check', name: 'the process ends', ok: found === 'status 0', found };
  if (!end.ok) console.log(lineText(end));
  return [...lines, end];
}
