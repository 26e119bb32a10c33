/** predict(x, { training: true }): what layers do in training, without learning. */
import { input, layers, model, sequential, tensor } from '../../lib/index.js';
import type { LayersModel, Tensor } from '../../lib/index.js';

const backends = ['cpu', 'reference'] as const;

async function predicted(net: LayersModel, x: Tensor, training: boolean): Promise<number[]> {
  return [...((await net.predict(x, { training })) as Tensor).values];
}

describe.each(backends)('predict in training mode on %s', (backend) => {
  it('leaves values out, others in each call and batch, and needs no compile()', async () => {
    const net = sequential({
      layers: [layers.dropout({ rate: 0.5, inputShape: [64] })],
      backend,
      seed: 3,
    });
    const x = tensor(new Float32Array(4 * 64).fill(1), [4, 64]);
    const first = await predicted(net, x, true);
    expect(new Set(first)).toEqual(new Set([0, 2]));
    const kept = first.filter((value) => value > 0).length / first.length;
    expect(Math.abs(kept - 0.5)).toBeLessThan(0.15);
    expect(await predicted(net, x, true)).not.toEqual(first);
    const one = await net.predict(x, { training: true, batchSize: 1 });
    expect([...one.slice(0, 1).values]).not.toEqual([...one.slice(1, 1).values]);
    expect(await predicted(net, x, false)).toEqual([...x.values]);
    await net.dispose();
  });

  it("normalizes with the batch's statistics and keeps the moving ones", async () => {
    const net = sequential({ layers: [layers.batchNormalization({ inputShape: [1] })], backend });
    const x = tensor([1, 2, 4, 7], [4, 1]);
    const inference = await predicted(net, x, false);
    // Keras: mean 3.5, biased variance 5.25, epsilon .001.
    const expected = [-1.090986, -0.654591, 0.218197, 1.52738];
    (await predicted(net, x, true)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
    });
    expect(await predicted(net, x, false)).toEqual(inference);
    const frozen = layers.batchNormalization({ inputShape: [1], trainable: false });
    const still = sequential({ layers: [frozen], backend });
    expect(await predicted(still, x, true)).toEqual(inference);
    await Promise.all([net.dispose(), still.dispose()]);
  });

  it('leaves training as it was', async () => {
    const trained = async (between: boolean) => {
      const x = input({ shape: [4] });
      const hidden = layers.batchNormalization().apply(layers.dense({ units: 8 }).apply(x));
      const y = layers.dense({ units: 1 }).apply(layers.dropout({ rate: 0.3 }).apply(hidden));
      const net = model({ inputs: x, outputs: y, backend, seed: 1 });
      net.compile({ optimizer: 'sgd', loss: 'mse' });
      const data = tensor(
        Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
        [8, 4],
      );
      const fit = () => net.fit(data, new Float32Array(8).fill(1), { verbose: 0, batchSize: 4 });
      await fit();
      if (between) await net.predict(data, { training: true });
      await fit();
      const weights = await net.getWeights();
      await net.dispose();
      return weights.map(({ values }) => [...values]);
    };
    expect(await trained(true)).toEqual(await trained(false));
  });
});

it('takes true or false alone', async () => {
  const net = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  const wrong = net.predict([1], { training: 'yes' as unknown as boolean });
  await expect(wrong).rejects.toMatchObject({ code: 'ERR_OPTION' });
  await expect(wrong).rejects.toThrow("training is 'yes'; expected true or false");
  await net.dispose();
});
