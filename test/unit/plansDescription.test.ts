/** What model.plan() tells, against sums by hand. */
import { input, layers, model, sequential, type LayersModel } from '../../lib/index.js';

const double = 8; // bytes of a value of the reference backend

const models: LayersModel[] = [];
afterEach(async () => {
  await Promise.all(models.splice(0).map((made) => made.dispose()));
});

/** x -> a -> (b, c) -> b + c, each of four values. */
function diamond(): LayersModel {
  const x = input({ shape: [4], name: 'x' });
  const activation = (name: string, kind: 'tanh' | 'sigmoid') =>
    layers.activation({ name, activation: kind });
  const a = activation('a', 'tanh').apply(x);
  const b = activation('b', 'sigmoid').apply(a);
  const c = activation('c', 'tanh').apply(a);
  const sum = layers.add({ name: 'sum' }).apply([b, c]);
  const made = model({ inputs: x, outputs: sum, backend: 'reference' });
  models.push(made);
  return made;
}

function classifier(backend: string): LayersModel {
  const made = sequential({
    backend,
    layers: [
      layers.inputLayer({ name: 'image', inputShape: [6, 6, 2] }),
      layers.conv2d({ name: 'conv', filters: 3, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ name: 'classes', units: 2, activation: 'softmax' }),
    ],
  });
  models.push(made);
  made.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return made;
}

describe('model.plan()', () => {
  it('counts a tensor that two commands read twice, and once in the least', async () => {
    const plan = await diamond().plan('predict', 3);
    const unit = 3 * 4 * double;
    expect(plan.commands.map(({ name, reads, writes }) => [name, reads, writes])).toEqual([
      ['a', ['x'], ['a']],
      ['b', ['a'], ['b']],
      ['c', ['a'], ['c']],
      ['sum', ['b', 'c'], ['sum']],
    ]);
    expect(plan.commands.map(({ bytesRead }) => bytesRead)).toEqual([unit, unit, unit, 2 * unit]);
    expect(plan.nonMatrixBytes).toBe(9 * unit);
    expect(plan.leastNonMatrixBytes).toBe(8 * unit);
    expect(plan.bytes).toBe(9 * unit);
    expect(plan).toMatchObject({ launches: 4, flops: 0, persistentBytes: 0, splits: [] });
  });

  it.each(['cpu', 'reference'])('tells matrix products from the rest on %s', async (backend) => {
    const plan = await classifier(backend).plan('train', 8);
    const matrix = plan.commands.filter((command) => command.matrix).map(({ name }) => name);
    expect(matrix).toEqual([
      'conv',
      'classes',
      'classes/backwardWeights',
      'classes/backwardInput',
      'conv/backwardWeights',
    ]);
    const sum = (value: (command: (typeof plan.commands)[number]) => number): number =>
      plan.commands.reduce((total, command) => total + value(command), 0);
    expect(plan.launches).toBe(sum(({ launches }) => launches));
    expect(plan.flops).toBe(sum(({ flops }) => flops));
    // Two each of multiplication and addition: convolution 4x4x3 outputs of 3x3x2, dense 12 to 2.
    const forward = 8 * 2 * (4 * 4 * 3 * 18 + 12 * 2);
    expect(plan.flops).toBe(2 * forward + 8 * 2 * 12 * 2);
    const bytes = (command: (typeof plan.commands)[number]) =>
      command.bytesRead + command.bytesWritten;
    expect(plan.bytes).toBe(sum(bytes));
    expect(plan.nonMatrixBytes).toBe(sum((each) => (each.matrix ? 0 : bytes(each))));
    expect(plan.leastNonMatrixBytes).toBeLessThanOrEqual(plan.nonMatrixBytes);
    expect(plan.leastNonMatrixBytes).toBeGreaterThan(0);
    expect([...new Set(plan.commands.map(({ phase }) => phase))]).toEqual([
      'forward',
      'loss',
      'backward',
      'update',
    ]);
    expect(plan.commands.find(({ name }) => name === 'conv')?.output).toContain('[8,4,4,3]');
  });

  it('counts weights, optimizer state and accumulators as persistent', async () => {
    const made = classifier('reference');
    const { persistentBytes, arenaBytes } = await made.plan('train', 8);
    expect(persistentBytes).toBe((3 * made.countParams() + 2) * double);
    expect((await made.plan('predict', 8)).persistentBytes).toBe(made.countParams() * double);
    expect(arenaBytes).toBeGreaterThan(8 * 6 * 6 * 2 * double);
  });

  it('is what explain() prints', async () => {
    const made = classifier('cpu');
    const [text, plan] = [await made.explain('train', 8), await made.plan('train', 8)];
    const lines = text.split('\n');
    plan.commands.forEach(({ name, output, detail }, i) => {
      expect(lines[i]).toContain(name);
      expect(lines[i]).toContain(output);
      expect(lines[i]).toContain(detail);
    });
    expect(text).toContain(`${plan.launches} commands`);
    expect(text).toContain(`${(plan.leastNonMatrixBytes / 2 ** 20).toFixed(1)} MiB`);
  });

  it('leaves the first weights as they are', async () => {
    const [planned, plain] = [classifier('cpu'), classifier('cpu')];
    await planned.plan('train', 64);
    await planned.explain('train', 64);
    const numbers = async (made: LayersModel) =>
      (await made.getWeights()).map((weight) => [...weight.dataSync()]);
    expect(await numbers(planned)).toEqual(await numbers(plain));
  });

  it('names the argument at fault', async () => {
    await expect(classifier('cpu').plan('learn' as never)).rejects.toThrow(
      "plan(): mode is 'learn'",
    );
    await expect(classifier('cpu').plan('train', 0)).rejects.toThrow('plan(): batchSize is 0');
    await expect(diamond().plan('train')).rejects.toThrow('call compile() first');
  });
});
