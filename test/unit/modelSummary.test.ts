import { input, layers, model, sequential } from '../../lib/index.js';
import type { LayersModel } from '../../lib/index.js';

function small(): LayersModel {
  return sequential({
    name: 'small',
    layers: [
      layers.conv2d({
        name: 'conv1',
        filters: 96,
        kernelSize: 11,
        strides: 4,
        inputShape: [227, 227, 3],
      }),
      layers.batchNormalization({ name: 'norm1' }),
      layers.globalAveragePooling2d({ name: 'mean' }),
      layers.dense({ name: 'last', units: 10, trainable: false }),
    ],
  });
}

function lines(network: LayersModel, ...format: [number?, number[]?]): string[] {
  const printed: string[] = [];
  network.summary(format[0], format[1], (line) => printed.push(line));
  return printed;
}

describe('summary()', () => {
  it("prints Keras's table", () => {
    expect(lines(small())).toEqual([
      'Model: "small"',
      '_________________________________________________________________',
      ' Layer (type)                    Output Shape         Param #',
      '=================================================================',
      ' conv1 (Conv2D)                  [null, 55, 55, 96]   34,944',
      ' norm1 (BatchNormalization)      [null, 55, 55, 96]   384',
      ' mean (GlobalAveragePooling2D)   [null, 96]           0',
      ' last (Dense)                    [null, 10]           970',
      '=================================================================',
      'Total params: 36,298 (141.79 KB)',
      'Trainable params: 35,136 (137.25 KB)',
      'Non-trainable params: 1,162 (4.54 KB)',
      '_________________________________________________________________',
    ]);
  });

  it('shows connections of functional models', () => {
    const x = input({ shape: [4], name: 'x' });
    const a = layers.dense({ units: 4, name: 'a' }).apply(x);
    const sum = layers.add({ name: 'sum' }).apply([x, a]);
    const printed = lines(model({ inputs: x, outputs: sum }));
    expect(printed).toContain(' Layer (type)     Output Shape   Param #   Connected to');
    expect(printed).toContain(' x (InputLayer)   [null, 4]      0');
    expect(printed).toContain(' sum (Add)        [null, 4]      0         x, a');
  });

  it('takes a width and the ends of the columns', () => {
    const wide = lines(small(), 90);
    expect(wide[1]).toBe('_'.repeat(90));
    const [, , header, , conv, , mean] = lines(small(), 60, [0.25, 0.75, 1]);
    expect(header?.indexOf('Output')).toBe(16);
    expect(header?.indexOf('Param')).toBe(46);
    expect(conv).toBe(' conv1 (Conv2D) [null, 55, 55, 96]            34,944');
    expect(mean).toBe(' mean (Globa... [null, 96]                    0');
  });

  it('prints to the console by default', () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    small().summary();
    expect(log.mock.calls[0]).toEqual(['Model: "small"']);
    log.mockRestore();
  });
});

describe('summaryData()', () => {
  it('explains each number', () => {
    const { rows, ...totals } = small().summaryData();
    expect(rows[0]).toEqual({
      name: 'conv1',
      type: 'Conv2D',
      outputShape: [null, 55, 55, 96],
      params: 34944,
      trainableParams: 34944,
      explanation: '11*11*3*96 + 96',
      connectedTo: ['input_layer'],
    });
    expect(rows.map(({ explanation }) => explanation)).toEqual([
      '11*11*3*96 + 96',
      '96 + 96 + 96 + 96',
      '0',
      '96*10 + 10',
    ]);
    expect(rows.map(({ trainableParams }) => trainableParams)).toEqual([34944, 192, 0, 0]);
    expect(totals).toEqual({
      name: 'small',
      totalParams: 36298,
      trainableParams: 35136,
      nonTrainableParams: 1162,
      totalBytes: 145192,
      shared: [],
    });
  });
});
