/** Losses that are told of logits where a softmax or sigmoid comes last: Keras warns. */
import { layers, losses, sequential, setLogger, tensor } from '../../lib/index.js';

describe('fromLogits', () => {
  const said: string[] = [];

  beforeEach(() => {
    said.length = 0;
    setLogger((line) => said.push(line));
  });

  afterAll(() => {
    setLogger();
  });

  const dense = (activation: 'linear' | 'sigmoid' | 'softmax') =>
    layers.dense({ units: 3, inputShape: [3], name: 'out', activation, kernelInitializer: 'ones' });

  it.each([
    ['categoricalCrossentropy', 'softmax', dense('softmax')],
    ['categoricalCrossentropy', 'softmax', layers.softmax({ inputShape: [3], name: 'out' })],
    ['binaryCrossentropy', 'sigmoid', dense('sigmoid')],
  ] as const)('of %s after %s is said to be wrong, and left out', async (name, last, layer) => {
    const net = sequential({ name: `${name} ${layer.className} ${last}`, layers: [layer] });
    const x = tensor([0.3, 0.2, 0.1], [1, 3]);
    const y = tensor([1, 0, 0], [1, 3]);
    net.compile({ optimizer: 'sgd', loss: name });
    const expected = await net.evaluate(x, y);
    expect(said).toEqual([]);
    const loss = losses[name]({ fromLogits: true });
    net.compile({ optimizer: 'sgd', loss });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(
      `the loss ${name} of output 'out' has fromLogits, but a ${last} comes last`,
    );
    expect(await net.evaluate(x, y)).toEqual(expected);
    await net.dispose();
  });

  it('of any other output is taken at its word', () => {
    const net = sequential({ layers: [dense('linear')] });
    net.compile({ optimizer: 'sgd', loss: losses.binaryCrossentropy({ fromLogits: true }) });
    expect(said).toEqual([]);
  });
});
