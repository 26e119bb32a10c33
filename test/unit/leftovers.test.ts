/** Temporary files of saves that were killed. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { removeLeftovers, temporaryName } from '../../lib/files/leftovers.js';

const folder = mkdtempSync(join(tmpdir(), 'leftovers-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const hour = 3600;

/** A temporary file as a process would leave it, last written so many seconds ago. */
function leave(parts: { host?: string; pid?: number; start?: string }, age: number): string {
  const [, host = '', pid = '', start = '', random = ''] =
    /^\.node-cudnn-(\w+)-(\w+)-(\w+)-(\w+)\.tmp$/.exec(temporaryName()) ?? [];
  const name = [parts.host ?? host, parts.pid ?? pid, parts.start ?? start, random].join('-');
  const path = join(folder, `.node-cudnn-${name}.tmp`);
  writeFileSync(path, 'half');
  const time = Date.now() / 1000 - age;
  utimesSync(path, time, time);
  return path;
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

it('are removed when their process has ended', async () => {
  const path = leave({ pid: await endedProcess() }, 0);
  await removeLeftovers(folder);
  expect(existsSync(path)).toBe(false);
});

it('are removed when another process has got the number', async () => {
  const path = leave({ pid: process.ppid, start: '1' }, 0);
  await removeLeftovers(folder);
  expect(existsSync(path)).toBe(false);
});

it('are removed when a thread of this process left them', async () => {
  const path = leave({}, hour);
  await removeLeftovers(folder);
  expect(existsSync(path)).toBe(false);
});

it('stay while this process writes them', async () => {
  const [written, young] = [leave({}, hour), leave({}, 0)];
  const file = await open(written, 'r');
  await removeLeftovers(folder);
  await file.close();
  expect([existsSync(written), existsSync(young)]).toEqual([true, true]);
  rmSync(written);
  rmSync(young);
});

it('stay while another process lives that writes them', async () => {
  // As long as the parent of this process lives, its number and start are what they are.
  const start = readFileSync(`/proc/${process.ppid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')[19];
  const path = leave({ pid: process.ppid, start: start ?? '' }, 100 * hour);
  await removeLeftovers(folder);
  expect(existsSync(path)).toBe(true);
  rmSync(path);
});

it('of another machine are removed after a day', async () => {
  const host = createHash('sha256').update('another').digest('hex').slice(0, 8);
  const [young, old] = [leave({ host }, 23 * hour), leave({ host, pid: 1 }, 25 * hour)];
  await removeLeftovers(folder);
  expect([existsSync(young), existsSync(old)]).toEqual([true, false]);
  rmSync(young);
});

it('are told apart from everything else', async () => {
  const names = ['.model.safetensors.1.0011aabb.tmp', '.node-cudnn-1-1-1-1.tmp', 'a.tmp'];
  for (const name of names) writeFileSync(join(folder, name), '');
  await removeLeftovers(folder);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(names));
});
