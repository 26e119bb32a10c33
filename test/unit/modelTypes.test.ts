/** What the types say of predictions: the type check compiles this file. */
import {
  input,
  layers,
  Model,
  model,
  modelFromJSON,
  sequential,
  type Applied,
  type Layer,
  type LayersModel,
  type SymbolicTensor,
  type Tensor,
} from '../../lib/index.js';

/** Whether each of two types is assignable to the other, and neither is any. */
type Same<A, B> = 0 extends (1 & A) | (1 & B) ? false : [A, B] extends [B, A] ? true : false;

function expectSame<A, B>(same: Same<A, B>): void {
  expect(same).toBe(true);
}

type Predicted<M extends LayersModel> = Awaited<ReturnType<M['predict']>>;

const x = [[1, 2]];

/** An input with two layers on it, of which no other test disposes. */
function branches() {
  const inputs = input({ shape: [2] });
  const a = layers.dense({ units: 1 }).apply(inputs);
  const b = layers.dense({ units: 2 }).apply(inputs);
  return { inputs, a, b };
}

class Net extends Model {
  constructor() {
    super({ inputShape: [2] });
  }
  override call(given: SymbolicTensor): SymbolicTensor {
    return layers.dense({ units: 1 }).apply(given);
  }
}

class Two extends Model<Tensor[]> {
  constructor() {
    super({ inputShape: [2] });
  }
  override call(given: SymbolicTensor): SymbolicTensor[] {
    return [given, layers.reLU().apply(given)];
  }
}

describe('the type of a prediction', () => {
  it('is one tensor for one output', async () => {
    const { inputs, a } = branches();
    const stack = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
    const one = model({ inputs, outputs: a });
    const listed = model({ inputs, outputs: [a] });
    const net = new Net();
    for (const each of [stack, one, listed, net]) {
      expectSame<Predicted<typeof each>, Tensor>(true);
      expect((await each.predict(x)).shape).toEqual([1, 1]);
      expect((await each.predictOnBatch(x)).shape).toEqual([1, 1]);
      const predictor = each.predictor();
      expect((await predictor.predict(x)).shape).toEqual([1, 1]);
      await predictor.close();
      const output: SymbolicTensor = each.output;
      expect(output.shape).toEqual([null, 1]);
    }
    await Promise.all([stack, one, listed, net].map((each) => each.dispose()));
  });

  it('is a list for several', async () => {
    const { inputs, a, b } = branches();
    const both = model({ inputs, outputs: [a, b] });
    expectSame<Predicted<typeof both>, [Tensor, Tensor]>(true);
    const [first, second] = await both.predict(x);
    expect([first.shape, second.shape]).toEqual([
      [1, 1],
      [1, 2],
    ]);
    const several: LayersModel<Tensor[]>[] = [both, new Two()];
    for (const each of several) {
      expect(await each.predict(x)).toHaveLength(2);
      await each.dispose();
    }
  });

  it('is either where the number of outputs is not known', async () => {
    const { inputs, a } = branches();
    const outputs = ((): Applied => a)();
    const some = model({ inputs, outputs });
    expectSame<Predicted<typeof some>, Tensor | Tensor[]>(true);
    const read = modelFromJSON(some.toJSON());
    expectSame<Predicted<typeof read>, Tensor | Tensor[]>(true);
    const known = modelFromJSON<Tensor>(some.toJSON());
    expect((await known.predict(x)).shape).toEqual([1, 1]);
    for (const each of [some, read, known]) await each.dispose();
  });

  it('lets a model of one output stand for a layer, and any for a model', () => {
    const { inputs } = branches();
    const asLayer = (layer: Layer): SymbolicTensor => layer.apply(inputs);
    const asModel = (any: LayersModel): number => any.outputs.length;
    expect(asLayer(new Net()).shape).toEqual([null, 1]);
    expect([new Net(), new Two()].map(asModel)).toEqual([1, 2]);
    // @ts-expect-error: a model of several outputs gives no single tensor.
    expect(Array.isArray(asLayer(new Two()))).toBe(true);
  });
});
