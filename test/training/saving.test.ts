import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSafetensors, writeSafetensors } from '../../lib/formats/safetensors.js';
import { tensor } from '../../lib/tensor/create.js';
import { childFile, startChild } from './child.js';

const folder = mkdtempSync(join(tmpdir(), 'saving-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const saves = childFile('saves');

describe('a save that is killed', () => {
  it.each([0, 8, 20, 40])('leaves a whole file, after %d ms', async (delay) => {
    const file = join(folder, `killed-${delay}.safetensors`);
    const child = startChild(process.execPath, [saves, file, '24', '1000']);
    await child.printed('saving 2');
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.process.kill('SIGKILL');
    expect(await child.ended).toBe('SIGKILL');

    // The next save removes what it left beside the file.
    await writeSafetensors(join(folder, 'next.safetensors'), new Map());
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);

    const saved = child.output().match(/saved \d+/g) ?? [];
    const { tensors } = await readSafetensors(file);
    const values = tensors.get('w')?.values ?? new Float32Array(1);
    expect(values).toHaveLength(24 * 2 ** 18);
    // The last that was reported, or the next, whose report was lost with the process.
    expect(values[0]).toBeGreaterThanOrEqual(saved.length);
    expect(values[0]).toBeLessThanOrEqual(saved.length + 1);
    expect(values.every((value) => value === values[0])).toBe(true);
  });
});

/** Runs a command on a file system of 2 MiB, where one may be made; else with files of 2 MiB. */
function limited(disk: string, command: string): { run: string; error: RegExp } {
  const mount = `mount -t tmpfs -o size=2m tmpfs '${disk}'`;
  const namespace = ['unshare', '-rm'];
  const allowed = spawnSync('unshare', ['-rm', 'sh', '-c', mount]).status === 0;
  if (!allowed) return { run: `bash -c "ulimit -f 2048; ${command}"`, error: /EFBIG/ };
  return { run: `${namespace.join(' ')} sh -c "${mount} && ${command}"`, error: /ENOSPC/ };
}

describe('a save onto a full disk', () => {
  it('tells so, with the path, and leaves no half of a file', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const file = join(disk, 'w.safetensors');
    // The first of one MiB fits; the second would need as much beside it, with its header.
    const save = (mebibytes: number) => `'${process.execPath}' '${saves}' '${file}' ${mebibytes} 1`;
    const command = `${save(1)}; ${save(4)}; ls -A '${disk}'`;
    const { run, error } = limited(disk, command);
    const child = startChild('sh', ['-c', run]);
    await child.ended;
    const lines = child.output().trim().split('\n');
    expect(lines.slice(0, 3)).toEqual(['saving 1', 'saved 1', 'saving 1']);
    const failure = JSON.parse(lines[3] ?? '') as { code: string; message: string };
    expect(failure.code).toBe('ERR_IO');
    expect(failure.message).toMatch(error);
    expect(failure.message).toContain(file);
    expect(lines.slice(4)).toEqual(['w.safetensors']);
  });
});

it('a save leaves the old file to those who are reading it', async () => {
  const file = join(folder, 'read.safetensors');
  await writeSafetensors(file, new Map([['w', tensor([1, 1, 1])]]));
  const old = readFileSync(file);
  const reader = await open(file, 'r');
  await writeSafetensors(file, new Map([['w', tensor([2, 2, 2])]]));
  expect(await reader.readFile()).toEqual(old);
  await reader.close();
  expect((await readSafetensors(file)).tensors.get('w')).toEqual(tensor([2, 2, 2]));
});
