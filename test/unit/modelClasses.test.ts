/** Models written as classes. */
import {
  input,
  layers,
  Model,
  model,
  modelFromJSON,
  sequential,
  tensor,
  type ModelClassOptions,
  type SymbolicTensor,
  type Tensor,
} from '../../lib/index.js';
import { coded } from './modelErrors.js';

class TwoLayers extends Model {
  calls = 0;
  private readonly hidden = layers.dense({ units: 4, activation: 'relu', name: 'hidden' });
  private readonly end = layers.dense({ units: 2 });

  constructor(options: ModelClassOptions = { inputShape: [3] }) {
    super(options);
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    this.calls += 1;
    return this.end.apply(this.hidden.apply(x));
  }
}

class Sum extends Model<Tensor[]> {
  private readonly shared = layers.dense({ units: 2, name: 'shared' });

  constructor() {
    super({ inputShape: [[3], [3]], name: 'sum' });
  }

  override call([a, b]: readonly SymbolicTensor[]): SymbolicTensor[] {
    const sides = [a, b].map((side) => this.shared.apply(side as SymbolicTensor));
    return [layers.add().apply(sides), ...sides];
  }
}

const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
const y = tensor([1, 0, 0, 1], [2, 2]);

describe('a model of a class', () => {
  it('is traced once, and trains like the same model without a class', async () => {
    const net = new TwoLayers();
    const stack = sequential({
      layers: [
        layers.dense({ units: 4, activation: 'relu', name: 'hidden', inputShape: [3] }),
        layers.dense({ units: 2 }),
      ],
    });
    const results = [];
    for (const each of [net, stack]) {
      each.compile({ optimizer: 'adam', loss: 'mse' });
      await each.fit(x, y, { epochs: 2, verbose: 0 });
      results.push([...(await (await each.predictOnBatch(x)).data())]);
      expect(each.weights.map(({ name }) => name)).toEqual([
        'hidden/kernel',
        'hidden/bias',
        'dense/kernel',
        'dense/bias',
      ]);
    }
    expect(results[0]).toEqual(results[1]);
    expect(net.calls).toBe(1);
    expect(net.metricsNames).toEqual(['loss']);
    await net.dispose();
    await stack.dispose();
  });

  it('is named after its class, summarised and saved as a model', () => {
    const net = new TwoLayers();
    expect([net.name, net.place]).toEqual(['two_layers', "model 'two_layers'"]);
    expect(net.summaryData().rows.map(({ type }) => type)).toEqual([
      'InputLayer',
      'Dense',
      'Dense',
    ]);
    const copy = modelFromJSON(JSON.stringify(net));
    expect(JSON.stringify(copy)).toBe(JSON.stringify(net));
  });

  it('has several inputs and outputs', () => {
    const sum = new Sum();
    expect(sum.inputs.map(({ shape }) => shape)).toEqual([
      [null, 3],
      [null, 3],
    ]);
    expect(sum.outputNames).toEqual(['add', 'shared', 'shared_1']);
    expect(sum.countParams()).toBe(8);
  });

  it('is a layer of another', () => {
    const start = input({ shape: [3] });
    const outer = model({ inputs: start, outputs: new TwoLayers().apply(start) });
    expect(outer.weights[0]?.name).toBe('two_layers/hidden/kernel');
  });

  it('takes its shape later', () => {
    const net = new TwoLayers({});
    expect(() => net.layers).toThrow(
      coded(
        'ERR_OPTION',
        "model 'two_layers': the shape of its input is not known; give super() an inputShape, or " +
          'call build() first',
      ),
    );
    net.build([null, 5]);
    expect(net.countParams()).toBe(5 * 4 + 4 + 4 * 2 + 2);
    expect(() => {
      net.build([null, 5]);
    }).toThrow(coded('ERR_OPTION'));
    expect(() => {
      new TwoLayers({}).build([5]);
    }).toThrow(/expected null first/);
  });

  it('tells of a wrong class', () => {
    class Returns extends Model {
      constructor(private readonly result: unknown) {
        super({ inputShape: [2] });
      }
      override call(): SymbolicTensor {
        return this.result as SymbolicTensor;
      }
    }
    for (const wrong of [undefined, null, 3, [], [undefined], Promise.resolve()]) {
      expect(() => new Returns(wrong).layers).toThrow(coded('ERR_OPTION'));
    }
    class Looks extends Model {
      constructor() {
        super({ inputShape: [2] });
      }
      override call(): SymbolicTensor {
        return this.outputs[0] as SymbolicTensor;
      }
    }
    expect(() => new Looks().layers).toThrow(/call\(\) needs the model itself/);
    expect(() => new TwoLayers({ inputShpe: [2] } as never)).toThrow(/did you mean 'inputShape'/);
    expect(() => new TwoLayers({ inputShape: [0] })).toThrow(coded('ERR_OPTION'));
  });
});
