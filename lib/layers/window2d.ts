import { OptionError, ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { pairOf, wholeNumber } from '../errors/optionValues.js';
import { longestWindow, mostPadding } from './limits.js';
import { shapeText, type SampleShape } from './shape.js';

/** Zeros (for max pooling -infinity) around an image: [[top, bottom], [left, right]]. */
export type ExplicitPadding = readonly [readonly [number, number], readonly [number, number]];
/** 'valid' pads nothing; 'same' makes ceil(size / stride) positions, the odd element after. */
export type Padding = 'valid' | 'same' | ExplicitPadding;

export function checkDataFormat(place: string, value: unknown): void {
  if (value === undefined || value === 'channelsLast') return;
  throw new OptionError(
    `dataFormat is ${shown(value)}; images are channels-last, [N,H,W,C]: pass 'channelsLast' or ` +
      'leave it out, and transpose the data if need be',
    { place },
  );
}

function checkedPadding(place: string, value: unknown): Padding {
  if (!isArray(value)) {
    return oneOf<'valid' | 'same'>(place, 'padding', value ?? 'valid', ['valid', 'same']);
  }
  if (value.length !== 2 || !value.every((row) => isArray(row) && row.length === 2)) {
    throw new OptionError(
      `padding is ${shown(value)}; expected 'valid', 'same' or [[top, bottom], [left, right]]`,
      { place },
    );
  }
  const [[top, bottom], [left, right]] = value as unknown as [unknown[], unknown[]];
  const amount = (n: unknown): number => wholeNumber(place, 'padding', n, 0, mostPadding);
  return [
    [amount(top), amount(bottom)],
    [amount(left), amount(right)],
  ];
}

export interface WindowOptions {
  readonly sizeOption: string;
  readonly size: unknown;
  readonly strides: unknown;
  readonly padding: unknown;
  readonly dilationRate?: unknown;
}

/** A window that moves over the height and width of images [N,H,W,C]. */
export class Window2d {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];

  constructor(
    place: string,
    private readonly options: WindowOptions,
  ) {
    this.size = pairOf(place, options.sizeOption, options.size, 1, longestWindow);
    this.strides = pairOf(place, 'strides', options.strides, 1, longestWindow);
    this.padding = checkedPadding(place, options.padding);
    this.dilationRate = pairOf(place, 'dilationRate', options.dilationRate ?? 1, 1, longestWindow);
  }

  /** [before, after] of an axis: 0 is the height. Keras's 'same' formula. */
  private paddingOf(axis: 0 | 1, length: number): readonly [number, number] {
    if (this.padding === 'valid') return [0, 0];
    if (this.padding !== 'same') return this.padding[axis];
    const stride = this.strides[axis];
    const positions = Math.ceil(length / stride);
    const total = Math.max((positions - 1) * stride + this.span(axis) - length, 0);
    const before = Math.floor(total / 2);
    return [before, total - before];
  }

  /** Elements from the window's first to its last, gaps included. */
  private span(axis: 0 | 1): number {
    return (this.size[axis] - 1) * this.dilationRate[axis] + 1;
  }

  private positions(axis: 0 | 1, length: number): number {
    const [before, after] = this.paddingOf(axis, length);
    const room = length + before + after - this.span(axis);
    return room < 0 ? 0 : Math.floor(room / this.strides[axis]) + 1;
  }

  // What the span of the window is made of.
  private get sizeText(): string {
    const dilated = this.dilationRate.some((rate) => rate > 1);
    return dilated ? `${this.options.sizeOption} with dilationRate` : this.options.sizeOption;
  }

  /** [top, bottom, left, right] for an input [H,W,...]. */
  explicitPadding(input: SampleShape): readonly number[] {
    const [height = 0, width = 0] = input;
    return [...this.paddingOf(0, height), ...this.paddingOf(1, width)];
  }

  /**
   * [height, width] of the output; ERR_SHAPE when the window does not fit, ERR_OPTION when 'same'
   * would take too much padding.
   */
  outputSize(place: string, input: SampleShape): readonly [number, number] {
    const [height = 0, width = 0] = input;
    const padding = Math.max(...this.explicitPadding(input));
    if (padding > mostPadding) {
      throw new OptionError(
        `padding 'same' of a window of ${this.span(0)}x${this.span(1)} (${this.sizeText}) would be ` +
          `${padding} on one side, more than ${mostPadding}; make the window smaller`,
        { place },
      );
    }
    const output = [this.positions(0, height), this.positions(1, width)] as const;
    if (output[0] > 0 && output[1] > 0) return output;
    const span = `${this.span(0)}x${this.span(1)}`;
    throw new ShapeError(
      `a window of ${span} (${this.sizeText}) does not fit into ` +
        `${shapeText(input)} with padding ${shown(this.padding)}; make it smaller, pad with ` +
        "'same', or leave out a pooling or stride before it",
      { place },
    );
  }
}

/** Throws ERR_SHAPE unless the input is a batch of images. */
export function requireImages(place: string, input: SampleShape): void {
  if (input.length === 3) return;
  const remedy =
    input.length < 3 ? 'put it before flatten(), or reshape the input' : 'reshape the input';
  throw new ShapeError(`expected input of rank 4 [N,H,W,C], got ${shapeText(input)}; ${remedy}`, {
    place,
  });
}
