import { nativeAddon } from '../../lib/native/addon.js';

const addon = nativeAddon();

type Shape = readonly [number, number, number, number];

async function resize(
  values: readonly number[],
  shape: Shape,
  height: number,
  width: number,
  scale = 1,
): Promise<number[]> {
  return Array.from(
    await addon.resizeWithPad(Float32Array.from(values), shape, height, width, scale),
  );
}

describe('resizeWithPad', () => {
  test('a row 0 1 2 3 doubled has half-pixel centres', async () => {
    const row = [0, 1, 2, 3];
    const doubled = [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3];
    expect(await resize(row, [1, 1, 4, 1], 2, 8)).toEqual([...doubled, ...doubled]);
  });

  test('rows and columns are halved without antialiasing', async () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    expect(await resize(values, [1, 4, 4, 1], 2, 2)).toEqual([2.5, 4.5, 10.5, 12.5]);
  });

  test('a wide image is padded above and below, less above', async () => {
    const output = await resize([1, 2], [1, 1, 2, 1], 4, 2);
    expect(output).toEqual([0, 0, 1, 2, 0, 0, 0, 0]);
  });

  test('a high image is padded left and right', async () => {
    const output = await resize([1, 2, 3, 4], [1, 2, 1, 2], 2, 3);
    expect(output).toEqual([0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0, 0]);
  });

  test('images and channels stay apart', async () => {
    const values = [1, 10, 2, 20, 3, 30, 4, 40];
    const output = await resize(values, [2, 1, 2, 2], 1, 2, 2);
    expect(output).toEqual(values.map((value) => 2 * value));
  });

  test('bytes give what the same floats give', async () => {
    const bytes = Uint8Array.from({ length: 3 * 28 * 20 * 2 }, (_, i) => (i * 89) % 256);
    const shape: Shape = [3, 28, 20, 2];
    const fromBytes = await addon.resizeWithPad(bytes, shape, 33, 47, 1 / 255);
    const fromFloats = await addon.resizeWithPad(Float32Array.from(bytes), shape, 33, 47, 1 / 255);
    expect(fromBytes).toEqual(fromFloats);
    expect(fromBytes.some((value) => value > 0.5)).toBe(true);
  });

  // The padding is counted from the size before it is rounded down: floor((4 - 2.67) / 2) = 0.
  test('the padding is that of the exact size', async () => {
    const output = await resize([3, 3, 3, 3, 3, 3], [1, 2, 3, 1], 4, 4);
    expect(output).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test.each<[string, Shape, number, number, string]>([
    ['another number of pixels', [1, 2, 2, 1], 4, 4, 'ERR_SHAPE'],
    ['an empty axis', [1, 0, 3, 1], 4, 4, 'ERR_SHAPE'],
    ['a height of 0', [1, 1, 3, 1], 0, 4, 'ERR_OPTION'],
    ['a fractional width', [1, 1, 3, 1], 4, 1.5, 'ERR_OPTION'],
    ['a width beyond reason', [1, 1, 3, 1], 4, 1e9, 'ERR_OPTION'],
    ['more than an array holds', [3, 1, 1, 1], 65535, 65535, 'ERR_OUT_OF_MEMORY'],
  ])('%s is refused', async (_, shape, height, width, code) => {
    const images = Float32Array.of(1, 2, 3);
    await expect(addon.resizeWithPad(images, shape, height, width, 1)).rejects.toMatchObject({
      code,
      place: expect.stringContaining('resizeWithPad') as unknown,
    });
  });
});
