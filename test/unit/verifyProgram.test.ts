import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'verify-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function verify(...args: readonly string[]) {
  const program = join(__dirname, '../../dist/verify/index.js');
  return spawnSync(process.execPath, [program, '--folder', folder, ...args], { encoding: 'utf8' });
}

describe('npm run verify:gpu', () => {
  it('says what doctor says, keeps it, and fails where there is no device', () => {
    const { status, stdout } = verify('--only', 'doctor');
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
      doctor: { kind: string; name: string; ok: boolean }[];
    };
    const checks = report.doctor.filter(({ kind }) => kind === 'check');
    expect(checks.map(({ name }) => name)).toEqual(["'cuda' can be used", 'the process ends']);
    const usable = checks.every(({ ok }) => ok);
    expect(status).toBe(usable ? 0 : 1);
    expect(stdout).toContain(usable ? '2 held, 0 failed' : '1 held, 1 failed');
  });

  it.each([
    [['--only', 'spead'], '--only spead: expected doctor, native, steps, lifetime, speed'],
    [['--precision', 'fp8'], '--precision fp8: expected float32, tf32, bf16'],
    [['--batch', '0'], '--batch 0: expected 1 or more'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = verify(...args);
    expect(stderr).toContain(message);
    expect(status).not.toBe(0);
  });
});
