import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'address-space-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const program = join(__dirname, '../../dist/test/attack/programs/everyday.js');

// OpenMP's threads want 8 MiB each, the code that oneDNN generates less than 32.
it.each([2, 12, 30])(
  'ERR_OUT_OF_MEMORY where the process may map %i MiB more, in place of its end',
  (mebibytes) => {
    const file = join(folder, 'model.safetensors');
    const args = [program, '1', file, String(mebibytes)];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, NODE_CUDNN_THREADS: '2' },
    });
    expect({ status, signal, stderr }).toEqual({ status: 3, signal: null, stderr: '' });
    expect(stdout).toMatch(/^ERR_OUT_OF_MEMORY (threads|cpu plan): needs room for \d+ MiB more; /);
  },
);

// The first block of a new thread's heap takes up to 128 MiB, which then are not there for the next.
it('the same where a heap takes the room for threads that was there', () => {
  for (let mebibytes = 140; mebibytes <= 188; mebibytes += 6) {
    const file = join(folder, 'again.safetensors');
    const args = [program, '20261126000067', file, String(mebibytes)];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
    });
    expect({ signal, stderr }).toEqual({ signal: null, stderr: '' });
    expect({ mebibytes, status, code: stdout.split(' ')[0] }).toEqual(
      status === 0
        ? { mebibytes, status: 0, code: '' }
        : { mebibytes, status: 3, code: 'ERR_OUT_OF_MEMORY' },
    );
  }
});
