import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'attack-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the attack with the kinds of the fixtures; each is tried once. */
function attack(...args: string[]): { status: number | null; out: string } {
  const kinds = ['--kinds', join(root, 'test/fixtures/attackKinds')];
  const file = join(root, 'dist/test/attack/index.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...kinds, ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout + stderr };
}

const once = ['--minutes', '0'];

describe('npm run attack', () => {
  it('names the case of a crash, goes on behind it, and says how it is run again', () => {
    const { status, out } = attack(...once, '--only', 'crashes');
    expect(status).toBe(1);
    expect(out).toContain('crashes:1000002: crash: ended with SIGSEGV');
    expect(out).toContain('npm run attack -- --case crashes:1000002');
    expect(out).toMatch(/crashes +ends its process at the third case +5 +1 /);
    expect(attack('--case', 'crashes:1000002').status).toBe(1);
    expect(attack('--case', 'crashes:1000003').status).toBe(0);
  });

  it('goes on behind what a fault of Node.js ended, and behind nothing else', () => {
    const { status, out } = attack(...once, '--only', 'aborts', '--seed', '3');
    expect(status).toBe(1);
    expect(out).not.toContain('aborts:3000000');
    expect(out).toContain(
      'aborts:3000002: crash: ended with SIGABRT; it wrote: Assertion failed: another',
    );
  });

  it('takes errors and rejections that nobody handles for findings', () => {
    const { status, out } = attack(...once, '--only', 'fails', '--seed', '3');
    expect(status).toBe(1);
    expect(out).toContain('fails:3000001: TypeError thrown by the case');
    expect(out).toContain('fails:3000002: unhandled rejection: RangeError left by the case');
    expect(out).toMatch(/fails .* 3 +2 /);
  });

  it('ends what hangs, and what keeps its process alive', () => {
    const { status, out } = attack(...once, '--only', 'hangs,lingers');
    expect(status).toBe(1);
    expect(out).toContain('hangs:1000000: hang: no end after 2 s');
    expect(out).toContain('lingers:1000000: hang: no end after 2 s');
  });

  it('ends what takes too much memory', () => {
    const { status, out } = attack(...once, '--only', 'grows');
    expect(status).toBe(1);
    expect(out).toMatch(/grows:1000000: memory: \d+ MiB, more than 500/);
  });

  it('ends with 0 and writes a report where nothing is found', () => {
    const report = join(folder, 'attack.md');
    const { status, out } = attack(...once, '--only', 'passes', '--report', report);
    expect(out).toMatch(/passes +finds nothing +4 +0 /);
    expect(status).toBe(0);
    const text = readFileSync(report, 'utf8');
    expect(text).toContain('| passes | finds nothing | 4 | 0 |');
    expect(text).toContain('No crash, no hang, no difference and no raw error was found.');
  });

  it('refuses what it does not know', () => {
    expect(attack('--only', 'absent').out).toContain("no kind 'absent'; there are");
    expect(attack('--case', 'crashes').out).toContain('expected KIND:SEED');
    expect(attack('--minutes', 'x').out).toContain("--minutes is 'x'");
  });
});
