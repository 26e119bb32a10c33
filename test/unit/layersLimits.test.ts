import { input, Layer, layers } from 'node-cudnn';

const images = (size = 8): ReturnType<typeof input> => input({ shape: [size, size, 3] });

type Refused = readonly [name: string, code: string, words: readonly string[], make: () => unknown];

const refused: readonly Refused[] = [
  [
    'padding in a file of 844 bytes',
    'ERR_OPTION',
    ['padding is 1073741823', '16384'],
    () =>
      layers.conv2d({
        filters: 1,
        kernelSize: 3,
        padding: [
          [0, 1073741823],
          [0, 1073741823],
        ],
      }),
  ],
  [
    'padding of a pool',
    'ERR_OPTION',
    ['padding is 16385'],
    () =>
      layers.averagePooling2d({
        poolSize: 20000,
        padding: [
          [0, 0],
          [16385, 0],
        ],
      }),
  ],
  [
    'upsampling',
    'ERR_OPTION',
    ['size is 2147483648', '16777216'],
    () => layers.upSampling2d({ size: [2147483648, 1] }),
  ],
  [
    'a pool',
    'ERR_OPTION',
    ['poolSize is 1073741824'],
    () => layers.maxPooling2d({ poolSize: [16, 1073741824], padding: 'same' }),
  ],
  [
    'strides',
    'ERR_OPTION',
    ['strides is 4294967296'],
    () => layers.maxPooling2d({ poolSize: 2, strides: 2 ** 32 }),
  ],
  [
    'a dilation',
    'ERR_OPTION',
    ['dilationRate is 1073741824'],
    () => layers.conv2d({ filters: 1, kernelSize: 3, dilationRate: 2 ** 30 }),
  ],
  [
    "a dilation that 'same' would pad",
    'ERR_OPTION',
    ["padding 'same'", '4194304 on one side', 'kernelSize with dilationRate'],
    () =>
      layers
        .conv2d({ filters: 1, kernelSize: 3, dilationRate: 4194304, padding: 'same' })
        .apply(images()),
  ],
  [
    "a pool that 'same' would pad",
    'ERR_OPTION',
    ["padding 'same'", 'poolSize'],
    () => layers.maxPooling2d({ poolSize: [1, 40000], padding: 'same' }).apply(images()),
  ],
  ['filters', 'ERR_OPTION', ['filters'], () => layers.conv2d({ filters: 2 ** 31, kernelSize: 1 })],
  ['units', 'ERR_OPTION', ['units'], () => layers.dense({ units: 2 ** 40 })],
  [
    'a channel window',
    'ERR_OPTION',
    ['depthRadius'],
    () => layers.localResponseNormalization({ depthRadius: 2 ** 30 }),
  ],
  ['an input axis', 'ERR_SHAPE', ['1073741825'], () => input({ shape: [2 ** 30 + 1] })],
  ['an input', 'ERR_SHAPE', ['elements'], () => input({ shape: [2 ** 20, 2 ** 20, 2] })],
  [
    'an output axis',
    'ERR_SHAPE',
    ['upSampling2d', '[null,2251799813685248,8,3]'],
    () => {
      const rows = layers.upSampling2d({ size: [2 ** 24, 1] }).apply(images());
      return layers.upSampling2d({ size: [2 ** 24, 1] }).apply(rows);
    },
  ],
  [
    'an output',
    'ERR_SHAPE',
    ['elements'],
    () => layers.upSampling2d({ size: 2 ** 20 }).apply(images()),
  ],
  [
    'a computed shape',
    'ERR_SHAPE',
    ['elements'],
    () => layers.upSampling2d({ size: 2 ** 20 }).computeOutputShape([null, 8, 8, 3]),
  ],
  [
    'a weight',
    'ERR_SHAPE',
    ['kernel would be [1000000,1000000000]'],
    () => layers.dense({ units: 1e9 }).apply(input({ shape: [1e6] })),
  ],
];

test.each(refused)('%s beyond what can be counted is refused', (_, code, words, make) => {
  expect.assertions(words.length + 1);
  try {
    make();
  } catch (error) {
    expect(error).toMatchObject({ code });
    for (const word of words) expect((error as Error).message).toContain(word);
  }
});

test('what a custom layer gives as its shape is checked', () => {
  const shapes: readonly unknown[] = [
    undefined,
    null,
    'x',
    [0],
    [-1],
    [1.5],
    [NaN],
    ['1'],
    [2 ** 31],
  ];
  for (const shape of shapes) {
    class Odd extends Layer {
      constructor() {
        super('Odd', 'odd', {}, {});
      }
      protected override outputShapeOf(): readonly number[] {
        return shape as number[];
      }
      override lower(): number {
        return 0;
      }
    }
    expect(() => new Odd().apply(images())).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE' }) as Error,
    );
  }
});

test('the largest that is taken works', () => {
  const wide = layers.maxPooling2d({ poolSize: [1, 2 ** 24] });
  expect(wide.computeOutputShape([null, 1, 2 ** 24, 1])).toEqual([null, 1, 1, 1]);
  const dilated = layers.conv2d({
    filters: 1,
    kernelSize: 3,
    dilationRate: 16384,
    padding: 'same',
  });
  expect(dilated.computeOutputShape([null, 8, 8, 3])).toEqual([null, 8, 8, 1]);
  expect(input({ shape: [2 ** 30] }).shape).toEqual([null, 2 ** 30]);
});
