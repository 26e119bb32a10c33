// Reads how many tests passed, failed and were skipped from the reports of GoogleTest, the fuzzer, Jest
// and the plans.
import { existsSync, readFileSync } from 'node:fs';

const missing = { passed: 0, failed: 1, skipped: 0 };

export function addCounts(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

export function countsLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/** No report: the program ended before it could write one. */
export function gtestCounts(file) {
  if (!existsSync(file)) return missing;
  const tests = JSON.parse(readFileSync(file, 'utf8')).testsuites.flatMap((s) => s.testsuite);
  const failed = tests.filter((test) => test.failures?.length > 0).length;
  const skipped = tests.filter((test) => test.result === 'SKIPPED').length;
  return { passed: tests.length - failed - skipped, failed, skipped };
}

/** Each case of the fuzzer is a test. */
export function fuzzCounts(file) {
  if (!existsSync(file)) return missing;
  const { cases, findings } = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: Math.max(cases - findings, 0), failed: findings, skipped: 0 };
}

/** A test file that could not run counts as one failed test. */
export function jestCounts(file) {
  if (!existsSync(file)) return missing;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** One test for each plan of a network: it fails where a graph was refused. */
export function plansCounts(file) {
  try {
    const { networks, refused } = JSON.parse(readFileSync(file, 'utf8'));
    const key = (plan) =>
      [plan.device, plan.network, plan.precision, plan.mode, plan.batchSize].join(' ');
    const all = new Set([...networks, ...refused].map(key));
    const failed = new Set(refused.map(key)).size;
    return { passed: all.size - failed, failed, skipped: 0 };
  } catch {
    return missing;
  }
}
