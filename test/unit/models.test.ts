/** AlexNet's published shapes and numbers of parameters. */
import { alexnet, alexnet8 } from '../../lib/index.js';
import type { AlexnetOptions, LayersModel } from '../../lib/index.js';
import { coded } from './modelErrors.js';

function params(network: LayersModel): number[] {
  return network
    .summaryData()
    .rows.map((row) => row.params)
    .filter((count) => count > 0);
}

/** Sizes of the images between the layers, then of the flattened ones. */
function sizes(network: LayersModel): (number | null | undefined)[] {
  const shapes = network.layers
    .filter(({ kind }) => kind !== 'localResponseNormalization')
    .map((layer) => layer.outputShape);
  return shapes.filter(({ length }) => length === 4).map((shape) => shape[1]);
}

function config(network: LayersModel, name: string): Readonly<Record<string, unknown>> {
  return network.getLayer(name).getConfig();
}

describe('alexnet()', () => {
  const grouped = [34944, 307456, 885120, 663936, 442624, 37752832, 16781312, 4097000];

  it.each(['paper', 'caffe'] as const)("'%s' has 60,965,224 parameters", (variant) => {
    const network = alexnet({ variant });
    expect(params(network)).toEqual(grouped);
    expect(network.countParams()).toBe(60965224);
    expect(sizes(network)).toEqual([55, 27, 27, 13, 13, 13, 13, 6]);
    expect(network.getLayer('flatten').outputShape).toEqual([null, 9216]);
    expect(network.outputs[0]?.shape).toEqual([null, 1000]);
  });

  it("'plain' has 62,378,344 parameters", () => {
    expect(alexnet({ variant: 'plain' }).countParams()).toBe(62378344);
  });

  it("'plain' with two classes has 58,289,538 parameters", () => {
    const network = alexnet({ variant: 'plain', classes: 2 });
    expect(params(network)).toEqual([
      34944, 614656, 885120, 1327488, 884992, 37752832, 16781312, 8194,
    ]);
    expect(network.countParams()).toBe(58289538);
  });

  it("'plain' for 224x224 grey images has 46,764,746 parameters", () => {
    const network = alexnet({
      variant: 'plain',
      inputShape: [224, 224, 1],
      classes: 10,
      lastActivation: 'sigmoid',
    });
    expect(network.countParams()).toBe(46764746);
    expect(sizes(network)).toEqual([54, 26, 26, 12, 12, 12, 12, 5]);
    expect(network.getLayer('flatten').outputShape).toEqual([null, 6400]);
    expect(config(network, 'fc8').activation).toBe('sigmoid');
  });

  const order = (options: AlexnetOptions) =>
    alexnet({ inputShape: [67, 67, 3], ...options })
      .layers.slice(0, 6)
      .map(({ name }) => name);

  it('normalizes before pooling, as the paper does, or after', () => {
    const before = ['conv1', 'norm1', 'pool1', 'conv2', 'norm2', 'pool2'];
    expect(order({})).toEqual(before);
    expect(order({ variant: 'caffe' })).toEqual(before);
    const after = ['conv1', 'pool1', 'norm1', 'conv2', 'pool2', 'norm2'];
    expect(order({ lrnOrder: 'afterPool' })).toEqual(after);
    const none = ['conv1', 'pool1', 'conv2', 'pool2', 'conv3', 'conv4'];
    expect(order({ variant: 'plain' })).toEqual(none);
    expect(order({ lrn: false })).toEqual(none);
    expect(order({ variant: 'plain', lrn: {} })).toEqual(before);
  });

  const lrn = (options: AlexnetOptions) => {
    const { depthRadius, bias, alpha, beta } = config(
      alexnet({ inputShape: [67, 67, 3], ...options }),
      'norm1',
    );
    return [depthRadius, bias, alpha, beta];
  };

  it('has the LRN of its variant, in the form that does not divide alpha', () => {
    expect(lrn({})).toEqual([2, 2, 1e-4, 0.75]);
    expect(lrn({ variant: 'caffe' })).toEqual([2, 1, 2e-5, 0.75]);
    expect(lrn({ lrn: { bias: 3 } })).toEqual([2, 3, 1e-4, 0.75]);
  });

  it("initializes as its variant's authors did", () => {
    const specs = (options: AlexnetOptions) =>
      alexnet({ inputShape: [67, 67, 3], ...options })
        .layers.filter((layer) => layer.weights.length > 0)
        .map(({ weights }) =>
          weights.map(({ initializer, shape }) => {
            const { kind, attributes } = initializer.toSpec(shape);
            return attributes.stddev ?? attributes.value ?? kind;
          }),
        );
    const paper = [0.01, 1];
    const plain = [0.01, 'zeros'];
    expect(specs({})).toEqual([plain, paper, plain, paper, paper, paper, paper, plain]);
    const caffe = specs({ variant: 'caffe' });
    expect(caffe[1]).toEqual([0.01, 0.1]);
    expect(caffe[5]).toEqual([0.005, 0.1]);
    const given = { kernelInitializer: 'heNormal', biasInitializer: 'ones' };
    expect(specs(given).map(([, bias]) => bias)).toEqual(Array(8).fill('ones'));
    expect(specs({ variant: 'plain' })[0]).toEqual(['uniform', 'zeros']);
  });

  it('takes groups, dropout and names of its own', () => {
    const network = alexnet({ groups: 1, dropout: 0, name: 'mine', seed: 4 });
    expect(network.countParams()).toBe(62378344);
    expect(network.layers.some(({ kind }) => kind === 'dropout')).toBe(false);
    expect([network.name, network.seed]).toEqual(['mine', 4]);
  });

  it.each<[object, RegExp]>([
    [{ variant: 'vgg' }, /variant is 'vgg'; expected one of 'paper', 'caffe', 'plain'/],
    [{ class: 3 }, /unknown option 'class'; did you mean 'classes'/],
    [{ classes: 0 }, /classes is 0/],
    [{ lrn: true }, /lrn is true; expected false or/],
    [{ lrn: { radius: 2 } }, /unknown option 'radius'/],
    [{ dropout: -1 }, /dropout is -1/],
    [{ lrnOrder: 'before' }, /lrnOrder is 'before'/],
  ])('refuses %j', (options, message) => {
    const build = () => alexnet(options);
    expect(build).toThrow(coded('ERR_OPTION'));
    expect(build).toThrow(message);
  });

  it('says where images are too small', () => {
    expect(() => alexnet({ inputShape: [28, 28, 1] })).toThrow(
      /maxPooling2d 'pool2': a window of 3x3 \(poolSize\) does not fit into \[null,2,2,256\]/,
    );
  });
});

describe('alexnet8()', () => {
  it('has 9,639,178 parameters, 704 of them not trainable', () => {
    const network = alexnet8();
    const { totalParams, nonTrainableParams } = network.summaryData();
    expect([totalParams, nonTrainableParams]).toEqual([9639178, 704]);
    expect(network.getLayer('flatten').outputShape).toEqual([null, 1024]);
    expect(sizes(network).filter((size, i, all) => size !== all[i - 1])).toEqual([
      30, 14, 12, 5, 2,
    ]);
  });

  it('knows its options', () => {
    expect(alexnet8({ classes: 3 }).outputs[0]?.shape).toEqual([null, 3]);
    expect(() => alexnet8({ variant: 'paper' } as never)).toThrow(/unknown option 'variant'/);
  });
});
