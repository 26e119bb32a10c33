/** The networks that are planned are those that the product is for. */
import type { LayersModel } from '../../lib/index.js';
import { networks } from '../../plans/networks.js';

function made(name: string): LayersModel {
  const network = networks.find((each) => each.name === name);
  if (network === undefined) throw new Error(`no network ${name}`);
  return network.make({ backend: 'cpu' });
}

/** Height or length after each layer that changes it. */
function sizes(model: LayersModel): number[] {
  const all = model.layers.map(({ outputShape }) => outputShape[1] ?? 0);
  return all.filter((size, i) => size !== all[i - 1]);
}

describe('the planned networks', () => {
  it.each([
    ['S1', 60_965_224, 0],
    ['S2', 9_639_178, 704],
    ['S3', 514_978, 0],
    ['S4', 58_289_538, 0],
    ['S4-small', 21_924, 6],
    ['S5', 60_965_224 - 4_097_000 + 4096 * 2 + 2, 0],
    ['S6', 46_764_746, 0],
    // 3*3*3*32+32, 3*3*32*64+64, 6*6*64*128+128, 2*128+1: the encoder counts once.
    ['siamese', 896 + 18_496 + 295_040 + 257, 0],
    ['S7', 22_254_090, 2 * (96 + 256 + 2 * (64 + 96 + 96) + 256 + 384 + 384)],
  ])('%s has %i parameters, %i of them moving statistics', (name, total, frozen) => {
    const { weights } = made(name);
    const count = (list: typeof weights) => list.reduce((sum, weight) => sum + weight.count, 0);
    expect(count(weights)).toBe(total);
    expect(count(weights.filter(({ trainable }) => !trainable))).toBe(frozen);
  });

  it('have the shapes of their descriptions', () => {
    expect(sizes(made('S1'))).toEqual([55, 27, 13, 6, 9216, 4096, 1000]);
    expect(sizes(made('S6'))).toEqual([224, 54, 26, 12, 5, 6400, 4096, 10]);
    expect(sizes(made('S7')).slice(0, 4)).toEqual([32, 8, 3, 1]);
    expect(made('S3').outputs[0]?.shape).toEqual([null, 48 * 48, 2]);
  });

  it('pool before they normalize, the paper with its constants and Caffe with its own', () => {
    const norms = (name: string) => {
      const { layers } = made(name);
      const at = layers.findIndex((layer) => layer.name === 'norm1');
      expect(layers[at - 1]?.name).toBe('pool1');
      return layers[at]?.getConfig();
    };
    expect(norms('S1')).toMatchObject({ depthRadius: 2, bias: 2, alpha: 1e-4, beta: 0.75 });
    expect(norms('S5')).toMatchObject({ depthRadius: 2, bias: 1, alpha: 2e-5, beta: 0.75 });
  });

  it('are compiled with the optimizers that they are trained with', () => {
    const optimizers = networks.map(({ name }) => [
      name,
      made(name).trainingConfig?.optimizer.className,
    ]);
    expect(Object.fromEntries(optimizers)).toEqual({
      S1: 'SGD',
      S2: 'Adam',
      S3: 'SGD',
      S4: 'Adam',
      'S4-small': 'Adam',
      S5: 'SGD',
      S6: 'SGD',
      S7: 'Adam',
      siamese: 'Adam',
    });
    expect(made('S1').trainingConfig?.optimizer.config).toMatchObject({
      momentum: 0.9,
      weightDecay: 5e-4,
      weightDecayMode: 'l2',
    });
  });
});
