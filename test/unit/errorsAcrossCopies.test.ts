/** Two copies of this package in one process, as its ES module and CommonJS builds are. */
import type * as NodeCudnn from '../../lib/index.js';

function copy(): typeof NodeCudnn {
  let loaded: typeof NodeCudnn | undefined;
  jest.isolateModules(() => {
    loaded = jest.requireActual<typeof NodeCudnn>('../../lib/index.js');
  });
  if (loaded === undefined) throw new Error('it was not loaded');
  return loaded;
}

async function notFinite({ layers, sequential }: typeof NodeCudnn): Promise<unknown> {
  const model = sequential({
    backend: 'cpu',
    layers: [layers.dense({ units: 1, inputShape: [1] })],
  });
  try {
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit([[3e38]], [[-3e38]], { verbose: 0 });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await model.dispose();
  }
}

describe('an error', () => {
  const first = copy();
  const second = copy();

  test('the copies have classes of their own', () => {
    expect(first.NodeCudnnError).not.toBe(second.NodeCudnnError);
  });

  test.each([
    ['the first', first],
    ['the second', second],
  ])('of native code, called by %s copy, is an instance of both', async (_, caller) => {
    // Whoever loaded the addon last made its error class.
    await notFinite(first);
    await notFinite(second);
    const error = await notFinite(caller);
    for (const { NodeCudnnError, NotFiniteError, ShapeError } of [first, second]) {
      expect(error).toBeInstanceOf(NodeCudnnError);
      expect(error).toBeInstanceOf(NotFiniteError);
      expect(error).not.toBeInstanceOf(ShapeError);
    }
  });

  test('of every class is an instance of the other copy’s class, and of no other', () => {
    const classes = Object.entries(first).filter(([name]) => /^[A-Z]\w+Error$/.test(name));
    const subclasses = classes.filter(([name]) => name !== 'NodeCudnnError');
    expect(subclasses.length).toBeGreaterThan(10);
    type Subclass = new (message: string) => Error;
    for (const [name, errorClass] of subclasses) {
      const error = new (errorClass as Subclass)('broken');
      const matches = Object.entries(second).filter(
        ([key, other]) => /^[A-Z]\w+Error$/.test(key) && error instanceof (other as Subclass),
      );
      expect(matches.map(([key]) => key).sort()).toEqual(['NodeCudnnError', name].sort());
    }
  });

  test('is no instance of a class that a user derives', () => {
    class Own extends first.ShapeError {}
    expect(new Own('broken')).toBeInstanceOf(first.ShapeError);
    expect(new Own('broken')).toBeInstanceOf(second.ShapeError);
    expect(new first.ShapeError('broken')).not.toBeInstanceOf(Own);
    expect(new second.ShapeError('broken')).not.toBeInstanceOf(Own);
  });

  test.each([undefined, null, 'ERR_SHAPE', { code: 'ERR_SHAPE' }, new Error('ERR_SHAPE')])(
    'is not %p',
    (value) => {
      expect(value instanceof first.NodeCudnnError).toBe(false);
      expect(value instanceof first.ShapeError).toBe(false);
    },
  );
});
