import { layers, sequential, tensor, train, type LayersModel } from '../../lib/index.js';

/** Two convolutions of which the kernels are kept in another layout, the first with its scale. */
function makeModel(backend: 'cpu' | 'reference'): LayersModel {
  const model = sequential({
    layers: [
      layers.conv2d({ filters: 32, kernelSize: 3, inputShape: [8, 8, 16], name: 'conv' }),
      layers.batchNormalization({ name: 'norm', momentum: 0.5 }),
      layers.reLU(),
      layers.conv2d({ filters: 16, kernelSize: 3 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
    backend,
    seed: 3,
  });
  model.compile({ optimizer: train.sgd(0.05), loss: 'meanSquaredError' });
  return model;
}

function noise(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 1000) / 500 - 1);
}

const x = tensor(noise(4 * 8 * 8 * 16), [4, 8, 8, 16]);
const y = tensor(noise(4 * 3), [4, 3]);

async function predictions(model: LayersModel): Promise<number[]> {
  const predicted = await model.predict(x);
  return Array.isArray(predicted) ? [] : [...predicted.dataSync()];
}

test('predictions follow the weights: after training, after setWeights, in other batches', async () => {
  const models = [makeModel('cpu'), makeModel('reference')] as const;
  const expectAlike = async () => {
    const [cpu, reference] = [await predictions(models[0]), await predictions(models[1])];
    cpu.forEach((value, i) => {
      expect(value).toBeCloseTo(reference[i] as number, 4);
    });
    return cpu;
  };
  try {
    const first = await expectAlike();
    for (const model of models) await model.trainOnBatch(x, y);
    const second = await expectAlike();
    expect(second).not.toEqual(first);
    expect(await predictions(models[0])).toEqual(second);
    for (const model of models) {
      const weights = await model.getWeights();
      await model.setWeights(
        weights.map((w) =>
          tensor(
            Float32Array.from(w.dataSync(), (v) => v * 1.25),
            w.shape,
          ),
        ),
      );
    }
    expect(await expectAlike()).not.toEqual(second);
    const evaluated = await Promise.all(models.map((model) => model.evaluate(x, y)));
    expect((evaluated[0]?.loss ?? 0) / (evaluated[1]?.loss ?? 0)).toBeCloseTo(1, 5);
    expect(await models[0].explain('predict', 4)).toContain('run when weights have changed');
  } finally {
    for (const model of models) await model.dispose();
  }
});
