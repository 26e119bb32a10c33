import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { batches, fashionMnist, padImages, readIdx, repeatChannels } from '../../lib/data/index.js';
import { tensor } from '../../lib/tensor/create.js';

const folder = mkdtempSync(join(tmpdir(), 'data-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function fileOf(bytes: Uint8Array): string {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return path;
}

function idx(type: number, shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, data]);
}

describe('readIdx', () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 255);

  it('reads plain and gzip files', async () => {
    const plain = idx(0x08, [3, 2], bytes);
    for (const content of [plain, gzipSync(plain)]) {
      const read = await readIdx(fileOf(content));
      expect(read).toEqual(tensor(bytes, [3, 2]));
    }
  });

  const write = (length: number, fill: (buffer: Buffer) => void) => {
    const buffer = Buffer.alloc(length);
    fill(buffer);
    return buffer;
  };
  it.each([
    [0x09, 'int32', -3, write(1, (b) => b.writeInt8(-3))],
    [0x0b, 'int32', -300, write(2, (b) => b.writeInt16BE(-300))],
    [0x0c, 'int32', 70000, write(4, (b) => b.writeInt32BE(70000))],
    [0x0d, 'float32', 1.5, write(4, (b) => b.writeFloatBE(1.5))],
    [0x0e, 'float32', -2.25, write(8, (b) => b.writeDoubleBE(-2.25))],
  ])('reads elements of type %d as %s', async (type, dtype, value, data) => {
    const read = await readIdx(fileOf(idx(type, [1], data)));
    expect(read.dtype).toBe(dtype);
    expect([...read.values]).toEqual([value]);
  });

  it.each<[string, Uint8Array, string, string]>([
    ['another format', Buffer.from('PNG picture'), 'ERR_FORMAT', 'is no IDX file'],
    ['an unknown type', idx(0x0a, [1], bytes), 'ERR_FORMAT', 'is no IDX file'],
    ['an empty file', new Uint8Array(0), 'ERR_FORMAT', 'ends within its header'],
    ['half a header', idx(8, [3, 2], bytes).subarray(0, 9), 'ERR_FORMAT', 'within its header'],
    ['too few bytes', idx(8, [3, 3], bytes), 'ERR_FORMAT', 'ends after 6 of 9 bytes'],
    ['too many bytes', idx(8, [5], bytes), 'ERR_FORMAT', 'more than the 5 bytes of its shape'],
    ['hostile sizes', idx(14, [2 ** 32 - 1, 2 ** 32 - 1], bytes), 'ERR_FORMAT', 'impossible shape'],
    ['too much data', idx(8, [2 ** 31, 2], bytes), 'ERR_DATA', 'more than maxBytes'],
    ['33 axes', idx(8, new Array<number>(33).fill(1), bytes), 'ERR_FORMAT', 'impossible shape'],
    ['far too few bytes', idx(8, [2 ** 30], bytes), 'ERR_FORMAT', 'is truncated'],
    ['a gzip of too few', gzipSync(idx(8, [2 ** 30], bytes)), 'ERR_FORMAT', 'is truncated'],
    ['half a gzip', gzipSync(idx(8, [6], bytes)).subarray(0, 30), 'ERR_FORMAT', 'no whole gzip'],
  ])('refuses %s', async (_what, content, code, message) => {
    const read = readIdx(fileOf(content));
    await expect(read).rejects.toMatchObject({ code });
    await expect(read).rejects.toThrow(message);
  });

  it('does not unpack a gzip bomb', async () => {
    const bomb = gzipSync(idx(8, [4], Buffer.alloc(50_000_000)), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    await expect(readIdx(fileOf(bomb))).rejects.toThrow('more than the 4 bytes');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it('takes no other options', async () => {
    for (const options of [{ maxbytes: 5 }, { maxBytes: '5' }, { maxBytes: -1 }]) {
      const read = readIdx(fileOf(idx(8, [6], bytes)), options as { maxBytes: number });
      await expect(read).rejects.toMatchObject({ code: 'ERR_OPTION' });
    }
  });

  it('tells of a missing file', async () => {
    await expect(readIdx(join(folder, 'absent'))).rejects.toMatchObject({ code: 'ERR_IO' });
  });
});

describe('fashionMnist', () => {
  const part = (count: number, name: string): [string, Buffer][] => [
    [
      `${name}-images-idx3-ubyte.gz`,
      gzipSync(idx(8, [count, 28, 28], Buffer.alloc(count * 784, 7))),
    ],
    [`${name}-labels-idx1-ubyte`, idx(8, [count], Buffer.alloc(count, 3))],
  ];

  it('reads a folder of plain and packed files', async () => {
    const path = join(folder, 'small', 'fashion-mnist');
    mkdirSync(path, { recursive: true });
    for (const [name, content] of [...part(5, 'train'), ...part(2, 't10k')]) {
      writeFileSync(join(path, name), content);
    }
    const { train, test, classNames } = await fashionMnist({ path });
    expect(train.images).toMatchObject({ shape: [5, 28, 28, 1], dtype: 'uint8' });
    expect(train.labels.shape).toEqual([5]);
    expect(test.images.shape).toEqual([2, 28, 28, 1]);
    expect(classNames[train.labels.values[0] ?? 0]).toBe('Dress');

    process.env.NODE_CUDNN_DATA = join(folder, 'small');
    try {
      expect((await fashionMnist()).train.images.shape[0]).toBe(5);
    } finally {
      delete process.env.NODE_CUDNN_DATA;
    }
  });

  it.each<[string, Buffer, string]>([
    ['images of another size', idx(8, [1, 2, 392], Buffer.alloc(784)), 'expected uint8 [N,28,28]'],
    ['images without labels', idx(8, [2, 28, 28], Buffer.alloc(1568)), 'expected uint8 [2]'],
    ['another format', Buffer.from('PNG picture'), 'is no IDX file'],
    ['a gzip bomb', gzipSync(idx(8, [2 ** 29], Buffer.alloc(2 ** 20))), 'more than maxBytes'],
  ])('refuses %s', async (_what, images, message) => {
    const path = mkdtempSync(join(folder, 'hostile-'));
    for (const [name, content] of [...part(1, 'train'), ...part(1, 't10k')]) {
      writeFileSync(join(path, name), content);
    }
    writeFileSync(join(path, 'train-images-idx3-ubyte.gz'), images);
    await expect(fashionMnist({ path })).rejects.toThrow(message);
    writeFileSync(join(path, 'train-images-idx3-ubyte.gz'), part(1, 'train')[0]?.[1] ?? '');
    writeFileSync(join(path, 'train-labels-idx1-ubyte'), idx(8, [1], Buffer.of(10)));
    await expect(fashionMnist({ path })).rejects.toThrow('label 10 of row 0 is above 9');
  });

  it('names the Debian package when the data is missing', async () => {
    const missing = fashionMnist({ path: join(folder, 'absent') });
    await expect(missing).rejects.toMatchObject({ code: 'ERR_IO' });
    await expect(missing).rejects.toThrow('dataset-fashion-mnist');
  });
});

describe('images', () => {
  it('are padded around their middle', () => {
    const image = tensor(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3, 1]);
    expect(padImages(image, 3, 6).reshape([3, 6]).arraySync()).toEqual([
      [0, 1, 2, 3, 0, 0],
      [0, 4, 5, 6, 0, 0],
      [0, 0, 0, 0, 0, 0],
    ]);
    expect(() => padImages(image, 1, 6)).toThrow('1x6 is smaller than the images of 2x3');
  });

  it('keep every value where padding puts it', () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(size, size, size, size, size, size, (n, h, w, c, top, left) => {
        const values = Float32Array.from({ length: n * h * w * c }, (_, i) => i + 1);
        const padded = padImages(tensor(values, [n, h, w, c]), h + 2 * top, w + 2 * left);
        const [, height = 0, width = 0] = padded.shape;
        for (let i = 0; i < values.length; ++i) {
          const [channel, column, row] = [i % c, Math.floor(i / c) % w, Math.floor(i / c / w) % h];
          const image = Math.floor(i / c / w / h);
          const at = ((image * height + row + top) * width + column + left) * c + channel;
          expect(padded.values[at]).toBe(values[i]);
        }
        const sum = (all: Iterable<number>) => [...all].reduce((a, b) => a + b, 0);
        expect(sum(padded.values)).toBe(sum(values));
      }),
      { seed: 1 },
    );
  });

  it('get equal channels', () => {
    const grey = tensor(Uint8Array.of(1, 2), [1, 1, 2, 1]);
    const colour = repeatChannels(grey, 3);
    expect(colour).toEqual(tensor(Uint8Array.of(1, 1, 1, 2, 2, 2), [1, 1, 2, 3]));
    expect(() => repeatChannels(colour, 3)).toThrow('expected images of one channel, got 3');
    expect(() => repeatChannels(tensor([1, 2]), 3)).toThrow('expected images [N,H,W,C], got [2]');
  });
});

describe('batches', () => {
  const x = tensor([0, 0, 1, 1, 2, 2, 3, 3, 4, 4], [5, 2]);
  const y = tensor(Int32Array.of(0, 1, 2, 3, 4));

  it('have the rows in order, the last with the rest', async () => {
    const sizes: unknown[] = [];
    for await (const { xs, ys } of batches({ x, y }, 2)(0)) sizes.push([xs, ys]);
    expect(sizes).toEqual([
      [x.slice(0, 2), y.slice(0, 2)],
      [x.slice(2, 2), y.slice(2, 2)],
      [x.slice(4, 1), y.slice(4, 1)],
    ]);
  });

  it('are shuffled by seed and epoch, x with y, and mapped', async () => {
    const order = async (seed: number, epoch: number) => {
      const seen: number[] = [];
      const map = (batch: { xs: typeof x; ys: typeof y }) => {
        const first = Array.from(batch.xs.values).filter((_, i) => i % 2 === 0);
        expect(first).toEqual([...batch.ys.values]);
        seen.push(...first);
        return batch;
      };
      const options = { shuffle: true, seed, map };
      for await (const batch of batches({ x, y }, 2, options)(epoch))
        expect(batch.ys).toBeDefined();
      return seen;
    };
    const first = await order(1, 0);
    expect([...first].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(await order(1, 0)).toEqual(first);
    const others = [await order(1, 1), await order(2, 0), await order(3, 0)];
    expect(others).not.toEqual([first, first, first]);
  });

  it('refuse x and y of different lengths', () => {
    expect(() => batches({ x, y: y.slice(0, 4) }, 2)).toThrow('y has 4 rows, but x has 5');
  });
});
