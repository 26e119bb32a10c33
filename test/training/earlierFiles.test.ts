/** Files of version 0.1.0 as it was before models could hold models: see their generate.mjs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLayersModel, tensor, type Tensor } from '../../lib/index.js';

interface Expected {
  readonly predicted: readonly (readonly number[])[];
  readonly logs: Readonly<Record<string, number>>;
  readonly weights: readonly (readonly number[])[];
}

const folder = join(__dirname, '../fixtures/files-0.1');
const text = readFileSync(join(folder, 'expected.json'), 'utf8');
const expected = JSON.parse(text) as Readonly<Record<string, Expected>>;

function values(shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i)),
    shape,
  );
}

const data = {
  stack: { x: values([4, 6, 6, 1]), y: tensor(Int32Array.from([0, 1, 2, 1]), [4]) },
  branched: { x: [values([4, 6]), values([4, 6])], y: [values([4, 1]), values([4, 4])] },
} as const;

// Another processor may round otherwise.
function requireClose(actual: readonly Tensor[], wanted: readonly (readonly number[])[]): void {
  expect(actual).toHaveLength(wanted.length);
  actual.forEach((each, i) => {
    const list = wanted[i] ?? [];
    expect(each.values).toHaveLength(list.length);
    list.forEach((value, j) => {
      expect(each.values[j]).toBeCloseTo(value, 5);
    });
  });
}

it.each(['stack', 'branched'] as const)('%s predicts and trains on', async (name) => {
  const { x, y } = data[name];
  await using model = await loadLayersModel(join(folder, name), { backend: 'cpu' });
  const { predicted, logs, weights } = expected[name] as Expected;
  requireClose([await model.predict(x)].flat(), predicted);
  const now = await model.trainOnBatch(x, y);
  expect(Object.keys(now)).toEqual(Object.keys(logs));
  expect(now.loss).toBeCloseTo(logs.loss ?? NaN, 5);
  requireClose(await model.getWeights(), weights);
});
