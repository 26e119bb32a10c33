/** Sizes and paddings of windows against a count of their positions, one by one. */
import fc from 'fast-check';
import { Window2d, type Padding } from '../../lib/layers/window2d.js';

interface Axis {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

const axis = fc.record({
  length: fc.integer({ min: 1, max: 40 }),
  size: fc.integer({ min: 1, max: 7 }),
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: 1, max: 3 }),
});

/** Starts at every element of the padded line that is a multiple of the stride and fits. */
function countPositions({ length, size, stride, dilation }: Axis, before: number, after: number) {
  const padded = before + length + after;
  let count = 0;
  for (let start = 0; start < padded; start += stride) {
    const last = start + (size - 1) * dilation;
    if (last < padded) ++count;
  }
  return count;
}

function windowOf(height: Axis, width: Axis, padding: Padding): Window2d {
  return new Window2d('conv2d', {
    sizeOption: 'kernelSize',
    size: [height.size, width.size],
    strides: [height.stride, width.stride],
    padding,
    dilationRate: [height.dilation, width.dilation],
  });
}

const padded = fc.integer({ min: 0, max: 5 });

describe('a window', () => {
  it("with padding 'valid' or explicit padding has as many positions as fit", () => {
    fc.assert(
      fc.property(
        axis,
        axis,
        fc.tuple(padded, padded, padded, padded),
        fc.boolean(),
        (h, w, amounts, valid) => {
          const [top, bottom, left, right] = valid ? [0, 0, 0, 0] : amounts;
          const padding: Padding = valid
            ? 'valid'
            : [
                [top, bottom],
                [left, right],
              ];
          const window = windowOf(h, w, padding);
          const expected = [countPositions(h, top, bottom), countPositions(w, left, right)];
          const output = () => window.outputSize('conv2d', [h.length, w.length, 1]);
          if (expected.includes(0)) expect(output).toThrow(/does not fit/);
          else expect(output()).toEqual(expected);
          expect(window.explicitPadding([h.length, w.length, 1])).toEqual([
            top,
            bottom,
            left,
            right,
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("with padding 'same' has ceil(length / stride) positions and the odd element after", () => {
    fc.assert(
      fc.property(axis, axis, (h, w) => {
        const window = windowOf(h, w, 'same');
        const shape = [h.length, w.length, 1];
        const expected = [Math.ceil(h.length / h.stride), Math.ceil(w.length / w.stride)];
        expect(window.outputSize('conv2d', shape)).toEqual(expected);
        const [top = 0, bottom = 0, left = 0, right = 0] = window.explicitPadding(shape);
        expect(countPositions(h, top, bottom)).toBe(expected[0]);
        expect(countPositions(w, left, right)).toBe(expected[1]);
        expect([0, 1]).toContain(bottom - top);
        expect([0, 1]).toContain(right - left);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    // 11x11 strides 4 on 224: 56 positions, 3 before and 4 after.
    [{ length: 224, size: 11, stride: 4, dilation: 1 }, 56, [3, 4]],
    [{ length: 4, size: 3, stride: 2, dilation: 1 }, 2, [0, 1]],
  ])("pads %j to %i positions with 'same' as Keras does", (line, positions, amounts) => {
    const window = windowOf(line, line, 'same');
    const shape = [line.length, line.length, 3];
    expect(window.outputSize('conv2d', shape)).toEqual([positions, positions]);
    expect(window.explicitPadding(shape)).toEqual([...amounts, ...amounts]);
  });
});
