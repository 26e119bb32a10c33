import {
  input,
  initializers,
  Layer,
  layers,
  model as modelOf,
  type LayerLowering,
  type LayerWeight,
  type LayersModel,
} from 'node-cudnn';

type Lower = (lowering: LayerLowering) => number;

/** A layer that writes whatever a test wants. */
class Written extends Layer {
  constructor(
    private readonly write: Lower,
    private readonly shape: readonly number[] = [4],
    private readonly names: readonly string[] = [],
  ) {
    super('Written', 'written', { name: 'own' }, { name: true });
  }

  protected override outputShapeOf(): readonly number[] {
    return this.shape;
  }

  protected override weightsOf(): readonly LayerWeight[] {
    const initializer = initializers.ones();
    return this.names.map((name) => ({ name, shape: [4, 4], initializer, trainable: true }));
  }

  override lower(lowering: LayerLowering): number {
    return this.write(lowering);
  }
}

const models: LayersModel[] = [];

function modelWith(layer: Layer, after: readonly Layer[] = []): LayersModel {
  const x = input({ shape: [4] });
  let y = layer.apply(x);
  for (const next of after) y = next.apply(y);
  const made = modelOf({ inputs: x, outputs: y, backend: 'cpu' });
  models.push(made);
  return made;
}

afterEach(() => Promise.all(models.splice(0).map((model) => model.dispose())));

const x = new Float32Array(8);

const wrong: readonly (readonly [what: string, code: string, words: string, write: Lower])[] = [
  [
    'adds nothing',
    'ERR_OPTION',
    "add 'own': expected at least 2 inputs, got 0",
    (l) => l.op({ type: 'add', inputs: [] }),
  ],
  [
    'names an optimizer',
    'ERR_OPTION',
    "sgd 'own': is no op for models",
    (l) => l.op({ type: 'sgd', inputs: l.inputs }),
  ],
  [
    'names a backward op with a shape that is not so',
    'ERR_OPTION',
    "reshapeBackward 'own'",
    (l) =>
      l.op({
        type: 'reshapeBackward',
        inputs: l.inputs,
        attributes: { inputShape: [1, 1_000_000] },
      }),
  ],
  [
    'names a value that comes later',
    'ERR_OPTION',
    'inputs[0]',
    (l) => l.op({ type: 'softmax', inputs: [7] }),
  ],
  [
    'has no kernel',
    'ERR_OPTION',
    "dense 'own': weight 0 is missing",
    (l) => l.op({ type: 'dense', inputs: l.inputs, weights: [l.weight('kernel')] }),
  ],
  [
    'leaves an attribute out',
    'ERR_OPTION',
    'function',
    (l) => l.op({ type: 'activation', inputs: l.inputs }),
  ],
  [
    'gives an attribute of another type',
    'ERR_OPTION',
    'shape',
    (l) => l.op({ type: 'reshape', inputs: l.inputs, attributes: { shape: 'x' } }),
  ],
];

test.each(wrong)('a layer that %s is refused', async (_, code, words, write) => {
  const model = modelWith(new Written(write), [layers.dense({ units: 2 })]);
  await expect(model.predict(x)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words) as unknown,
  });
});

test('a layer whose ops give another shape than it declares is refused', async () => {
  for (const shape of [[3], [5]]) {
    const model = modelWith(new Written((l) => l.op({ type: 'softmax', inputs: l.inputs }), shape));
    await expect(model.predict(x)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringContaining(`declares [${String(shape)}]`) as unknown,
    });
  }
});

test('a layer with two weights of one name is refused', async () => {
  const layer = new Written(
    (l) => l.op({ type: 'dense', inputs: l.inputs, weights: [l.weight('a')] }),
    [4],
    ['a', 'a'],
  );
  await expect(modelWith(layer).predict(x)).rejects.toMatchObject({
    code: 'ERR_OPTION',
    message: expect.stringContaining('own/a') as unknown,
  });
});

test('a layer that writes right ops computes', async () => {
  const layer = new Written(
    (l) => l.op({ type: 'dense', inputs: l.inputs, weights: [l.weight('a')] }),
    [4],
    ['a'],
  );
  const y = await modelWith(layer).predict(Float32Array.of(1, 2, 3, 4));
  expect(y).toMatchObject({ shape: [1, 4], values: Float32Array.of(10, 10, 10, 10) });
});
