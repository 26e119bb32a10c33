import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSafetensors, writeSafetensors } from '../../lib/formats/safetensors.js';
import { tensor } from '../../lib/tensor/create.js';
import { Tensor } from '../../lib/tensor/tensor.js';

const folder = mkdtempSync(join(tmpdir(), 'writing-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function newPath(): string {
  return join(folder, `${String(files++)}.safetensors`);
}

describe('writing safetensors', () => {
  const floats = (count: number) => new Float32Array(count).fill(1);

  it('of values that change meanwhile makes a file that can be read', async () => {
    const path = newPath();
    const values = floats(2 ** 20);
    const writing = writeSafetensors(path, new Map([['w', tensor(values)]]));
    let i = 0;
    const changing = setInterval(() => values.fill(++i), 0);
    await writing;
    clearInterval(changing);
    expect((await readSafetensors(path)).tensors.get('w')?.values).toHaveLength(2 ** 20);
  });

  it('of a map that changes meanwhile writes what was there', async () => {
    const path = newPath();
    const tensors = new Map([['w', tensor(floats(3))]]);
    const writing = writeSafetensors(path, tensors);
    tensors.set('v', tensor(floats(2)));
    await writing;
    expect([...(await readSafetensors(path)).tensors.keys()]).toEqual(['w']);
  });

  it.each<[string, (buffer: ArrayBuffer) => void]>([
    ['transferred', (buffer) => structuredClone(buffer, { transfer: [buffer] })],
    [
      'resized',
      (buffer) => {
        (buffer as ArrayBuffer & { resize(n: number): void }).resize(8);
      },
    ],
  ])('of values that are %s meanwhile fails, and the old file stays', async (_what, take) => {
    const path = newPath();
    await writeSafetensors(path, new Map([['w', tensor(floats(3))]]));
    const buffer = new (ArrayBuffer as new (n: number, o: object) => ArrayBuffer)(4 * 2 ** 20, {
      maxByteLength: 4 * 2 ** 20,
    });
    const values = new Float32Array(buffer);
    const writing = writeSafetensors(
      path,
      new Map([['w', new Tensor(values, [2 ** 20], 'float32')]]),
    );
    take(buffer);
    await expect(writing).rejects.toMatchObject({ code: 'ERR_DATA' });
    await expect(writing).rejects.toThrow("tensor 'w' were transferred or resized");
    expect((await readSafetensors(path)).tensors.get('w')?.shape).toEqual([3]);
  });

  it('takes metadata of 16 MB and keys of any name', async () => {
    const path = newPath();
    const metadata = { text: '\\x"'.repeat(2 ** 22), ['__proto__']: 'p', constructor: 'c' };
    await writeSafetensors(path, new Map([['__proto__', tensor(floats(1))]]), metadata);
    const read = await readSafetensors(path);
    expect(read.metadata).toMatchObject({ text: metadata.text, constructor: 'c' });
    expect([...read.tensors.keys()]).toEqual(['__proto__']);
  });

  const one = tensor([1]);
  it.each<[string, unknown, unknown, string]>([
    ['metadata that is no text', new Map(), { a: 5 }, 'ERR_DATA'],
    ['metadata of 101 MB', new Map(), { a: 'x'.repeat(1.01e8) }, 'ERR_DATA'],
    ['the name of the metadata', new Map([['__metadata__', one]]), {}, 'ERR_DATA'],
    [
      'a shape changed since',
      new Map([['a', { values: one.values, dtype: 'float32', shape: [7] }]]),
      {},
      'ERR_DATA',
    ],
    [
      'another type of values',
      new Map([['a', { values: one.values, dtype: 'int16', shape: [1] }]]),
      {},
      'ERR_DATA',
    ],
    ['no tensor', new Map([['a', [1, 2]]]), {}, 'ERR_OPTION'],
    ['no name', new Map([[5, one]]), {}, 'ERR_OPTION'],
    ['no map', { a: one }, {}, 'ERR_OPTION'],
  ])('refuses %s', async (_what, tensors, metadata, code) => {
    const path = newPath();
    const writing = writeSafetensors(
      path,
      tensors as Map<string, Tensor>,
      metadata as Record<string, string>,
    );
    await expect(writing).rejects.toMatchObject({ code });
    expect(existsSync(path)).toBe(false);
  });

  it('reads a hundred thousand tensors, block by block', async () => {
    const path = newPath();
    const tensors = new Map(
      Array.from({ length: 1e5 }, (_, i) => [`t${i}`, tensor(Float32Array.of(i))]),
    );
    await writeSafetensors(path, tensors);
    const read = await readSafetensors(path);
    expect(read.tensors.size).toBe(1e5);
    expect(read.tensors.get('t99999')?.values[0]).toBe(99999);
  });

  it('does not read a file with holes that is larger than the memory', async () => {
    const size = 2 ** 43;
    const header = JSON.stringify({ a: { dtype: 'U8', shape: [size], data_offsets: [0, size] } });
    const path = newPath();
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(path, Buffer.concat([start, Buffer.from(header)]));
    truncateSync(path, 8 + header.length + size);
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'ERR_OUT_OF_MEMORY' });
  });
});
