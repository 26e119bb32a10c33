/** Distributions of first weights, with Keras's numbers. */
import { initializers, Initializer, type InitializerName } from '../../lib/index.js';
import { resolveInitializer } from '../../lib/initializers/initializer.js';
import { fansOf } from '../../lib/initializers/varianceScaling.js';

describe('fans', () => {
  it.each([
    // 5x5 with 96 channels in two groups to 256 filters.
    [[5, 5, 48, 256], 5 * 5 * 48, 5 * 5 * 256],
    [[3, 4, 1, 7], 12, 84],
    [[30, 20], 30, 20],
    [[9], 9, 9],
    [[], 1, 1],
  ])('of %j', (shape, fanIn, fanOut) => {
    expect(fansOf(shape)).toEqual({ fanIn, fanOut });
  });
});

const kernel = [5, 5, 48, 256];
const truncation = 0.87962566103423978;

describe('each initializer', () => {
  it.each<[Initializer, string, Readonly<Record<string, number>>]>([
    [initializers.zeros(), 'zeros', {}],
    [initializers.ones(), 'ones', {}],
    [initializers.constant({ value: 0.1 }), 'constant', { value: 0.1 }],
    [initializers.randomUniform(), 'uniform', { minimum: -0.05, maximum: 0.05 }],
    [initializers.randomNormal(), 'normal', { mean: 0, stddev: 0.05 }],
    [
      initializers.truncatedNormal({ mean: 1, stddev: 2 }),
      'truncatedNormal',
      { mean: 1, stddev: 2 },
    ],
    [initializers.glorotUniform(), 'uniform', { minimum: -0.0280976, maximum: 0.0280976 }],
    [
      initializers.glorotNormal(),
      'truncatedNormal',
      { mean: 0, stddev: Math.sqrt(2 / 7600) / truncation },
    ],
    [initializers.heUniform(), 'uniform', { minimum: -0.0707107, maximum: 0.0707107 }],
    [
      initializers.heNormal(),
      'truncatedNormal',
      { mean: 0, stddev: Math.sqrt(2 / 1200) / truncation },
    ],
    [initializers.leCunUniform(), 'uniform', { minimum: -0.05, maximum: 0.05 }],
    [
      initializers.leCunNormal(),
      'truncatedNormal',
      { mean: 0, stddev: Math.sqrt(1 / 1200) / truncation },
    ],
    [
      initializers.varianceScaling({
        scale: 4,
        mode: 'fanOut',
        distribution: 'untruncatedNormal',
      }),
      'normal',
      { mean: 0, stddev: Math.sqrt(4 / 6400) },
    ],
  ])('%# has its distribution', (initializer, kind, attributes) => {
    const spec = initializer.toSpec(kernel);
    expect(spec.kind).toBe(kind);
    expect(Object.keys(spec.attributes)).toEqual(Object.keys(attributes));
    for (const [name, value] of Object.entries(attributes)) {
      expect(spec.attributes[name]).toBeCloseTo(value, 6);
    }
  });

  it('has a name, and a config that makes it again', () => {
    for (const name of Object.keys(initializers)) {
      const option = name === 'constant' ? { className: 'Constant', config: { value: 3 } } : name;
      const made = resolveInitializer('layer', 'kernelInitializer', option);
      const { className } = made.getConfig();
      expect(className.toLowerCase()).toBe(name.toLowerCase());
      const again = resolveInitializer('layer', 'kernelInitializer', made.getConfig());
      expect(again.getConfig()).toEqual(made.getConfig());
      expect(again.toSpec(kernel)).toEqual(made.toSpec(kernel));
    }
  });

  it('is made of each name that the types complete', () => {
    // The type check wants every name here, and no other.
    const completed: Readonly<Record<Uncapitalize<InitializerName>, true>> = {
      zeros: true,
      ones: true,
      randomUniform: true,
      randomNormal: true,
      truncatedNormal: true,
      glorotUniform: true,
      glorotNormal: true,
      heUniform: true,
      heNormal: true,
      leCunUniform: true,
      leCunNormal: true,
      varianceScaling: true,
    };
    for (const name of Object.keys(completed)) {
      const className = name.charAt(0).toUpperCase() + name.slice(1);
      for (const option of [name, className]) {
        const { config } = resolveInitializer('layer', 'kernelInitializer', option).getConfig();
        expect(config).toEqual(make(name).getConfig().config);
      }
    }
  });

  const options = { constant: { value: 3 } } as Readonly<Record<string, object>>;
  const drawing = Object.keys(initializers).filter(
    (name) => !['zeros', 'ones', 'constant'].includes(name),
  );
  const make = (name: string, given?: object): Initializer =>
    (initializers as unknown as Record<string, (o?: object) => Initializer>)[name]?.(given) ??
    initializers.zeros();

  it.each(drawing)('%s takes a seed and keeps it', (name) => {
    const plain = make(name);
    const seeded = make(name, { seed: 2 ** 53 - 1 });
    const { kind, attributes } = plain.toSpec(kernel);
    expect(attributes).not.toHaveProperty('seed');
    expect(plain.getConfig().config).not.toHaveProperty('seed');
    expect(seeded.toSpec(kernel)).toEqual({
      kind,
      attributes: { ...attributes, seed: 2 ** 53 - 1 },
    });
    const again = resolveInitializer('layer', 'kernelInitializer', seeded.getConfig());
    expect(again.toSpec(kernel)).toEqual(seeded.toSpec(kernel));
    for (const seed of [-1, 0.5, 2 ** 53, NaN, '1']) {
      expect(() => make(name, { seed })).toThrow(/: seed is .*; expected a whole number/);
    }
  });

  it.each(Object.keys(initializers))('%s refuses options that it does not have', (name) => {
    const given = { ...options[name], sead: 1 };
    expect(() => make(name, given)).toThrow(/initializer '\w+': unknown option 'sead'/);
  });

  it('knows its options', () => {
    const make = () =>
      resolveInitializer('dense', 'kernelInitializer', {
        className: 'RandomNormal',
        config: { std: 1 },
      });
    expect(make).toThrow(/initializer 'randomNormal': unknown option 'std'; did you mean 'stddev'/);
    expect(() => initializers.varianceScaling({ scale: 0 })).toThrow(/scale is 0/);
    expect(() => initializers.varianceScaling({ mode: 'fan_in' as never })).toThrow(/'fanIn'/);
  });
});
