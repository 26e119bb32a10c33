import { OptionError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { Layer } from './layer.js';
import { layerOptionNames, type LayerConfig, type LayerOptions } from './layerOptions.js';
import type { LayerLowering } from './lowering.js';
import type { SampleShape } from './shape.js';
import { checkDataFormat, requireImages, Window2d, type Padding } from './window2d.js';

export interface Pooling2DOptions extends LayerOptions {
  /** One number, or [height, width]. Default 2. */
  readonly poolSize?: number | readonly [number, number];
  /** Default: the pool size. */
  readonly strides?: number | readonly [number, number] | null;
  /** 'valid' (default), 'same' or [[top, bottom], [left, right]], less than the pool size. */
  readonly padding?: Padding;
  /** Only 'channelsLast'. */
  readonly dataFormat?: 'channelsLast';
}

const optionNames: Readonly<Record<keyof Pooling2DOptions, true>> = {
  ...layerOptionNames,
  poolSize: true,
  strides: true,
  padding: true,
  dataFormat: true,
};

/** What max and average pooling of images [N,H,W,C] share. */
export abstract class Pooling2D extends Layer {
  private readonly window: Window2d;

  protected constructor(
    className: string,
    private readonly op: 'maxPooling2d' | 'averagePooling2d',
    options: Pooling2DOptions,
  ) {
    super(className, op, options, optionNames);
    const { place } = this;
    checkDataFormat(place, options.dataFormat);
    const size = options.poolSize ?? 2;
    const { padding } = options;
    const strides = options.strides ?? size;
    this.window = new Window2d(place, { sizeOption: 'poolSize', size, strides, padding });
    this.requireSmallPadding();
  }

  // A window that lies in the padding alone has no value.
  private requireSmallPadding(): void {
    const { padding, size } = this.window;
    if (typeof padding === 'string') return;
    const fits = padding.every((amounts, axis) =>
      amounts.every((amount) => amount < (size[axis] ?? 0)),
    );
    if (fits) return;
    throw new OptionError(
      `padding is ${shown(padding)}; expected less than the pool size ${shown(size)}`,
      { place: this.place },
    );
  }

  protected override outputShapeOf([input = []]: readonly SampleShape[]): SampleShape {
    requireImages(this.place, input);
    return [...this.window.outputSize(this.place, input), input[2] ?? 0];
  }

  override lower(lowering: LayerLowering): number {
    return lowering.op({
      type: this.op,
      inputs: lowering.inputs,
      attributes: {
        poolSize: this.window.size,
        strides: this.window.strides,
        padding: this.window.explicitPadding(lowering.inputShapes[0] ?? []),
      },
    });
  }

  override getConfig(): LayerConfig {
    const { size, strides, padding } = this.window;
    return { ...super.getConfig(), poolSize: size, strides, padding };
  }
}
