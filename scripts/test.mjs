// Builds, lints and runs the test suites and, where the CUDA plugin is built, checks it, its kernels
// and cuDNN's plans for one device; the last line is the number of tests that passed and
// failed. With CI set, a skipped test is a failed one: everything has to run there.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import {
  addCounts,
  countsLine,
  fuzzCounts,
  gtestCounts,
  jestCounts,
  plansCounts,
} from './counts.mjs';
import { root, run } from './run.mjs';

const results = `${root}/build/test-results`;

function stage(name, command, args, file) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const ok = run(command, args, file);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`== ${name}: ${ok ? 'ok' : 'FAILED'} (${seconds} s)`);
  return ok;
}

/** A stage without tests of its own counts only when it fails. */
function failureOf(ok) {
  return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** A suite that failed without a test that failed counts as one. */
function explained(ok, counts) {
  return ok || counts.failed > 0 ? counts : addCounts(counts, failureOf(false));
}

function nativeTests(plugin) {
  const ok = stage('native tests', 'bash', [
    'scripts/native-tests.sh',
    '--gtest_brief=1',
    `--gtest_output=json:${results}/native.json`,
  ]);
  const core = gtestCounts(`${results}/native.json`);
  return explained(ok, plugin ? addCounts(core, gtestCounts(`${results}/native-cuda.json`)) : core);
}

/** The same seed in every run; `npm run attack` takes others. */
function fuzz() {
  const file = `${results}/fuzz.json`;
  const options = ['--seed', '1', '--seconds', '60', '--output', file];
  const ok = stage('fuzzed ops', 'bash', ['scripts/native-fuzz.sh', ...options]);
  return explained(ok, fuzzCounts(file));
}

function jest() {
  const ok = stage('jest', 'node', [
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${results}/jest.json`,
    ...process.argv.slice(2),
  ]);
  return explained(ok, jestCounts(`${results}/jest.json`));
}

function cudaChecks() {
  const plugin = failureOf(stage('CUDA plugin', 'bash', ['scripts/check-plugin.sh']));
  const spills = ['scripts/check-spills.sh', '--quiet'];
  const kernels = failureOf(stage('kernels', 'bash', spills));
  const file = `${results}/plans.json`;
  const options = ['--json', '--device', 'h100', '--cache', 'build/plans-cache'];
  const ok = stage('plans', 'bash', ['scripts/plans.sh', ...options], file);
  const plans = explained(ok, plansCounts(file));
  return [plugin, kernels, plans].reduce(addCounts);
}

rmSync(results, { recursive: true, force: true });
rmSync(`${root}/build/plans-cache`, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const built = stage('build', 'bash', ['scripts/build.sh']);
const plugin = built && existsSync(`${root}/build/Release/node_cudnn_cuda.so`);
let counts = [failureOf(built), failureOf(stage('lint', 'bash', ['scripts/lint.sh']))].reduce(
  addCounts,
);
counts = addCounts(counts, nativeTests(plugin));
counts = addCounts(counts, fuzz());
if (built) counts = addCounts(counts, jest());
if (plugin) counts = addCounts(counts, cudaChecks());

if (process.env.CI && counts.skipped > 0) {
  console.log(`\n${counts.skipped} skipped tests count as failed in CI`);
  counts = { passed: counts.passed, failed: counts.failed + counts.skipped, skipped: 0 };
}
writeFileSync(`${results}/counts.json`, JSON.stringify(counts));
console.log(`\n${countsLine(counts)}`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
