import { DataError, DisposedError, OptionError } from '../../lib/errors/errors.js';
import { nativeAddon } from '../../lib/native/addon.js';
import type { ModelSpec, NativeProgram } from '../../lib/native/program.js';
import { batchOf, tinyModel, tinyRowElements, training } from './models.js';

const addon = nativeAddon();
const batch = batchOf(8, tinyRowElements);

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('the call should have failed');
    },
    (error: unknown) => error as Error,
  );
}

describe('errors of native code', () => {
  let program: NativeProgram;

  beforeEach(async () => {
    program = new addon.Program(tinyModel('reference'));
    await program.configureTraining(training);
    await program.initialize();
  });

  afterEach(() => program.dispose());

  async function trainOnNaN(): Promise<void> {
    const x = new Float32Array(8 * tinyRowElements);
    x[3 * tinyRowElements + 5] = NaN;
    await program.train({ ...batch, inputs: [x] }, 0.1);
  }

  test('from its own thread carry code, place and the stack of the caller', async () => {
    const error = await rejection(trainOnNaN());
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code: 'ERR_DATA', place: "input 'image'" });
    expect(error.message).toContain('row 3');
    expect(error.stack).toContain(error.message);
    expect(error.stack).toContain('trainOnNaN');
    expect(error.stack).toContain('errors.test.ts');
  });

  test('in arguments are rejections with place and stack', async () => {
    const error = await rejection(program.train(batch, 'fast' as unknown as number));
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ code: 'ERR_OPTION', place: 'learningRate' });
    expect(error.message).toContain("expected a number, got the string 'fast'");
    expect(error.stack).toContain('errors.test.ts');
  });

  test('after dispose are of their own class', async () => {
    await program.dispose();
    expect(await rejection(program.results(true))).toBeInstanceOf(DisposedError);
  });

  test('of getters in the arguments are passed on', async () => {
    const own = new RangeError('mine');
    const trap = {
      get size(): number {
        throw own;
      },
      inputs: [],
    };
    expect(await rejection(program.predict(trap))).toBe(own);
  });

  test('optimizer state of another optimizer is refused', async () => {
    const state = { names: ['conv/kernel/m'], values: [new Float32Array(54)], step: 3 };
    const error = await rejection(program.setOptimizerState(state));
    expect(error).toMatchObject({ code: 'ERR_FORMAT', place: 'optimizer state' });
  });
});

function changed(change: (spec: Record<string, unknown>) => void): ModelSpec {
  const spec = structuredClone(tinyModel('reference')) as unknown as Record<string, unknown>;
  change(spec);
  return spec as unknown as ModelSpec;
}

test.each<[string, (spec: Record<string, unknown>) => void, string]>([
  ['no operations', (spec) => delete spec.ops, 'spec.ops: expected an array, got undefined'],
  ['a fractional seed', (spec) => (spec.seed = 0.5), 'spec.seed: expected a whole number, got 0.5'],
  ['a negative seed', (spec) => (spec.seed = -1), 'spec.seed: expected a whole number from 0 on'],
  [
    'a null input',
    (spec) => (spec.inputs = [null]),
    'spec.inputs[0]: expected an object, got null',
  ],
  [
    'an attribute of no known type',
    (spec) => {
      const [op] = spec.ops as { attributes: Record<string, unknown> }[];
      if (op !== undefined) op.attributes.strides = { h: 1 };
    },
    'spec.ops[0].attributes.strides: expected a boolean, a number, a string or an array',
  ],
])('a specification with %s is refused with its place', (_, change, text) => {
  expect(() => new addon.Program(changed(change))).toThrow(text);
  expect(() => new addon.Program(changed(change))).toThrow(OptionError);
});
