/** Every metric beside every loss and last activation, against Keras's evaluate(). */
import { losses, tensor } from '../../lib/index.js';
import type { Loss } from '../../lib/index.js';
import { expectClose } from '../closeness.js';
import { toleranceOf } from '../tolerances.js';
import type { BackendName } from '../tolerances.js';
import { buildSequential, readGolden } from './golden.js';
import type { Packed } from './golden.js';

interface MetricsCase {
  readonly name: string;
  readonly last: string;
  readonly loss: string;
  readonly fromLogits: boolean;
  readonly metrics: readonly string[];
  readonly x: Packed;
  readonly target: Packed;
  readonly sampleWeight: readonly number[];
  readonly batchSize: number;
  /** By the keys of logs. */
  readonly expected: Readonly<Record<string, number>>;
}

const BACKENDS: readonly BackendName[] = ['cpu', 'reference'];
const { cases } = readGolden('metrics') as { cases: readonly MetricsCase[] };

function lossOf({ loss, fromLogits }: MetricsCase) {
  const factories = losses as unknown as Record<string, (options?: object) => Loss>;
  return factories[loss]?.(...(fromLogits ? [{ fromLogits }] : [])) ?? loss;
}

describe.each(BACKENDS)("metrics on '%s'", (backend) => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { last, x, target, metrics, sampleWeight, batchSize, expected } = golden;
    const layer = { className: 'activation', args: { activation: last } };
    const network = buildSequential([layer], x.shape.slice(1), backend);
    try {
      network.compile({
        optimizer: 'sgd',
        loss: lossOf(golden),
        metrics,
        weightedMetrics: metrics,
      });
      const type = golden.loss.startsWith('sparse') ? 'int32' : 'float32';
      const logs = await network.evaluate(
        tensor(x.data, [...x.shape]),
        tensor(target.data, [...target.shape], type),
        { batchSize, sampleWeight: tensor(sampleWeight, [sampleWeight.length]) },
      );
      const names = Object.keys(expected);
      expect(Object.keys(logs).sort()).toEqual(names);
      const tolerance = toleranceOf(['activation', 'crossEntropy', 'difference'], backend);
      for (const name of names) {
        expectClose(name, [logs[name] ?? NaN], [expected[name] ?? NaN], tolerance);
      }
    } finally {
      await network.dispose();
    }
  });
});
