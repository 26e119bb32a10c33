/** The networks of the benchmark are those that its peers train. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { networks, networksOf } from '../../bench/networks.js';
import { compiled, labels, noise } from '../../bench/networks/benchNetwork.js';
import { readOptions } from '../../bench/options.js';
import type { LayersModel } from '../../lib/index.js';

interface Counts {
  readonly parameters: number;
  readonly products: number;
}

/** Written by test/goldens/bench_networks.py. */
const golden = JSON.parse(
  readFileSync(join(__dirname, '../goldens/bench_networks.json'), 'utf8'),
) as Record<string, { torch: Counts; keras: Counts }>;

/** Parameters, and the products of one sample: each kernel value is used once at every position. */
function countsOf(model: LayersModel): Counts {
  const parameters = model.weights.reduce((sum, { count }) => sum + count, 0);
  let products = 0;
  for (const layer of model.layers) {
    const kernel = model.weights.find(({ name }) => name === `${layer.name}/kernel`);
    const [, height = 1, width = 1, channels] = layer.outputShape;
    const positions = Number(channels === undefined ? 1 : height) * Number(width);
    if (kernel !== undefined) {
      products += kernel.count * (layer.outputShape.length === 4 ? positions : 1);
    }
  }
  return { parameters, products };
}

describe('the networks of the benchmark', () => {
  it('are those of the golden', () => {
    expect(networks.map(({ name }) => name).sort()).toEqual(Object.keys(golden).sort());
  });

  it.each(networks.map((network) => [network.name, network] as const))(
    '%s has the parameters and products of its twins in PyTorch and Keras',
    async (name, network) => {
      const model = compiled(network);
      const counts = countsOf(model);
      expect({ torch: counts, keras: counts }).toEqual(golden[name]);
      expect(model.outputs[0]?.shape).toEqual([null, ...network.targetShape, network.classes]);
      expect(noise(network, 1)).toHaveLength(network.inputShape.reduce((a, b) => a * b));
      expect(Math.max(...labels(network, 1))).toBeLessThan(network.classes);
      await model.dispose();
    },
  );

  it('has a training plan for each', async () => {
    for (const network of networks) {
      const model = compiled(network);
      const { commands } = await model.plan('train', 2);
      expect(commands.length).toBeGreaterThan(0);
      await model.dispose();
    }
  });
});

describe('the options of the benchmark', () => {
  it('choose networks in the order of the list', () => {
    const { only, form } = readOptions(['--networks', '--only', 'unet12', '--only', 'mlp']);
    expect([form, ...only.map(({ name }) => name)]).toEqual(['networks', 'mlp', 'unet12']);
    expect(networksOf([])).toBe(networks);
  });

  it.each([
    [['--networks', '--only', 'nosuch'], /no network 'nosuch'; there are mlp, .*resnext16/],
    [['--nosuch'], /--nosuch/],
    [['--only', 'mlp'], /--only is only with --networks or --predict/],
    [['--predict', '--batch', '8'], /--batch is not with --predict/],
    [['--networks', '--predict'], /choose one/],
    [['--networks', '--rounds', '0'], /--rounds is '0'; expected a whole number of at least 1/],
  ])('%j is an error', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
