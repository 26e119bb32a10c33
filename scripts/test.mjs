// Builds, lints and runs both test suites; the last line is the number of tests that passed and
// failed. With CI set, a skipped test is a failed one: everything has to run there.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { addCounts, countsLine, gtestCounts, jestCounts } from './counts.mjs';
import { root, run } from './run.mjs';

const results = `${root}/build/test-results`;

function stage(name, command, args) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const ok = run(command, args);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`== ${name}: ${ok ? 'ok' : 'FAILED'} (${seconds} s)`);
  return ok;
}

/** A stage without tests of its own counts only when it fails. */
function failureOf(ok) {
  return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
}

function suite(name, file, read, command, args) {
  const ok = stage(name, command, args);
  const counts = read(`${results}/${file}`);
  const explained = ok || counts.failed > 0;
  return explained ? counts : addCounts(counts, failureOf(false));
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const built = stage('build', 'bash', ['scripts/build.sh']);
let counts = addCounts(failureOf(built), failureOf(stage('lint', 'bash', ['scripts/lint.sh'])));
counts = addCounts(
  counts,
  suite('native tests', 'native.json', gtestCounts, 'bash', [
    'scripts/native-tests.sh',
    '--gtest_brief=1',
    `--gtest_output=json:${results}/native.json`,
  ]),
);
if (built) {
  counts = addCounts(
    counts,
    suite('jest', 'jest.json', jestCounts, 'node', [
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${results}/jest.json`,
      ...process.argv.slice(2),
    ]),
  );
}

if (process.env.CI && counts.skipped > 0) {
  console.log(`\n${counts.skipped} skipped tests count as failed in CI`);
  counts = { passed: counts.passed, failed: counts.failed + counts.skipped, skipped: 0 };
}
writeFileSync(`${results}/counts.json`, JSON.stringify(counts));
console.log(`\n${countsLine(counts)}`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
