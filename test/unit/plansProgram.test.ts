/**
 * `npm run plans` for one device: the real cuDNN builds every operation graph, and the plans have
 * the structure that the product promises. Needs the CUDA plugin; without it, only that the program
 * says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { NetworkPlan } from '../../plans/plan.js';
import type { PlansReport } from '../../plans/report.js';

const root = join(__dirname, '../..');
const build = join(root, 'build', process.env.NODE_CUDNN_BUILD ?? 'Release');
const hasPlugin = existsSync(join(build, 'node_cudnn_cuda.so'));

function plans(...options: string[]) {
  const args = ['scripts/plans.sh', ...options];
  return spawnSync('bash', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
}

function reportOf({ stdout, stderr }: ReturnType<typeof plans>): PlansReport {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as PlansReport;
}

// Not a skipped suite: where there is no plugin, there is nothing to skip.
const withPlugin: (name: string, tests: () => void) => void = hasPlugin
  ? describe
  : () => undefined;

if (!hasPlugin) {
  it('npm run plans says that there is no plugin', () => {
    const { status, stderr } = plans();
    expect(stderr).toContain('the CUDA plugin was not built');
    expect(status).toBe(1);
  });
}

withPlugin('the plans for the H100', () => {
  let status: number | null = null;
  let report: PlansReport;

  beforeAll(() => {
    const ended = plans('--json', '--commands', '--device', 'h100', '--cache', 'build/plans-cache');
    ({ status } = ended);
    report = reportOf(ended);
  }, 900_000);

  function plan(network: string, precision = 'tf32', mode = 'train'): NetworkPlan {
    const found = report.networks.find(
      (each) => each.network === network && each.precision === precision && each.mode === mode,
    );
    if (found === undefined) throw new Error(`no plan of ${network}`);
    return found;
  }

  it('are all built', () => {
    expect(report.refused).toEqual([]);
    expect(report.unsupported).toEqual([]);
    expect(report.built).toBe(report.graphs);
    expect(report.graphs).toBeGreaterThan(200);
    expect(report.networks).toHaveLength(9 * 2 * 2);
    expect(status).toBe(0);
  });

  it.each(['tf32', 'bf16'])(
    'S4, %s: each forward convolution and dense layer is one node',
    (precision) => {
      const forward = (plan('S4', precision).commands ?? []).filter(
        ({ phase, matrix }) => phase === 'forward' && matrix,
      );
      const fused = (kind: string, relu: boolean) => [kind, 'add', ...(relu ? ['relu'] : [])];
      expect(forward.map(({ name, nodes }) => [name, nodes])).toEqual([
        ...['conv1', 'conv2', 'conv3', 'conv4', 'conv5'].map((name) => [
          name,
          fused('convolution', true),
        ]),
        ['fc6', fused('matmul', true)],
        ['fc7', fused('matmul', true)],
        ['fc8', fused('matmul', false)],
      ]);
    },
  );

  it('S4: the rest moves at most 1.3 times the least possible', () => {
    const { nonMatrixBytes, leastNonMatrixBytes } = plan('S4');
    expect(nonMatrixBytes / leastNonMatrixBytes).toBeLessThanOrEqual(1.3);
  });

  it('S1: a step has at most 70 launches', () => {
    expect(plan('S1').launches).toBeLessThanOrEqual(70);
  });

  it('predict with fewer launches and less memory than they train', () => {
    for (const { network, precision, launches, arenaBytes } of report.networks.filter(
      ({ mode }) => mode === 'train',
    )) {
      const predict = plan(network, precision, 'predict');
      expect(predict.launches).toBeLessThan(launches);
      expect(predict.arenaBytes).toBeLessThan(arenaBytes);
    }
  });

  it('take less memory for activations in bfloat16', () => {
    const ratio =
      plan('S2', 'bf16', 'predict').arenaBytes / plan('S2', 'tf32', 'predict').arenaBytes;
    expect(ratio).toBeLessThan(0.75);
  });

  it('have rooflines that no part of them exceeds', () => {
    for (const { flops, rooflineMilliseconds, precision } of report.networks) {
      const peak = precision === 'tf32' ? 494.7 : 989.4;
      expect(rooflineMilliseconds).toBeGreaterThanOrEqual(flops / (peak * 1e9));
    }
  });
});

withPlugin('npm run plans', () => {
  it('names an option that does not fit', () => {
    const { status, stderr } = plans('--device', 'h1000');
    expect(stderr).toContain('--device h1000: expected t4, a100');
    expect(status).not.toBe(0);
  });

  it('reports a missing precision as unsupported, with the reason of cuDNN', () => {
    const ended = plans('--json', '--device', 't4', '--precision', 'bf16', '--network', 'S4-small');
    const { refused, unsupported } = reportOf(ended);
    expect(refused).toEqual([]);
    expect(unsupported.map(({ network, mode }) => [network, mode])).toEqual([
      ['S4-small', 'train'],
      ['S4-small', 'predict'],
    ]);
    for (const { reason } of unsupported) expect(reason).toMatch(/CUDNN_STATUS|cuDNN|engine/i);
    expect(ended.status).toBe(0);
  });
});
