/** Which first values of weights are equal: by the model's seed, or by an initializer's own. */
import { initializers, layers, modelFromJSON, sequential } from '../../lib/index.js';
import type { InitializerOption, LayersModel } from '../../lib/index.js';

/** Dense layers of one shape, one for each initializer. */
function stack(kernels: readonly InitializerOption[], seed = 0): LayersModel {
  const list = kernels.map((kernelInitializer) => layers.dense({ units: 3, kernelInitializer }));
  return sequential({ seed, layers: [layers.inputLayer({ inputShape: [3] }), ...list] });
}

/** The kernels' values. */
async function drawn(net: LayersModel): Promise<number[][]> {
  const weights = await net.getWeights();
  await net.dispose();
  return weights.filter(({ shape }) => shape.length === 2).map((w) => Array.from(w.dataSync()));
}

describe('without a seed of its own', () => {
  it("each weight has values of its own, from the model's seed", async () => {
    const [first, second] = await drawn(stack(['glorotUniform', 'glorotUniform'], 7));
    expect(first).not.toEqual(second);
    expect(await drawn(stack(['glorotUniform', 'glorotUniform'], 7))).toEqual([first, second]);
    expect(await drawn(stack(['glorotUniform', 'glorotUniform'], 8))).not.toContainEqual(first);
  });
});

describe('with a seed of its own', () => {
  const names = ['glorotUniform', 'heNormal', 'randomNormal', 'truncatedNormal'] as const;

  it.each(names)("%s gives one shape equal values, whatever the model's seed", async (name) => {
    const of = (seed: number) => initializers[name]({ seed });
    const [first, other, again] = await drawn(stack([of(5), of(6), of(5)]));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(await drawn(stack([name, of(5)], 9))).toContainEqual(first);
  });

  it('is in a saved model', async () => {
    const net = stack([initializers.leCunUniform({ seed: 3 })]);
    const copy = modelFromJSON(JSON.stringify({ ...net.toJSON() }));
    expect(await drawn(copy)).toEqual(await drawn(net));
    const config = { className: 'LeCunUniform', config: { seed: 3 } };
    const plain = await drawn(stack(['zeros', config], 1));
    expect(plain[1]).toEqual((await drawn(stack([config])))[0]);
  });
});
