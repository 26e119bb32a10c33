import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchWeights } from '../../lib/formats/loadWeights.js';
import { parseJson } from '../../lib/formats/parseJson.js';
import { readSafetensors, writeSafetensors } from '../../lib/formats/safetensors.js';
import { tensor } from '../../lib/tensor/create.js';
import { Tensor } from '../../lib/tensor/tensor.js';

const folder = mkdtempSync(join(tmpdir(), 'formats-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function newPath(): string {
  return join(folder, `${String(files++)}.safetensors`);
}

/** A file made by hand. */
function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): string {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(Buffer.byteLength(text)));
  const path = newPath();
  writeFileSync(path, Buffer.concat([start, Buffer.from(text), data]));
  return path;
}

describe('safetensors', () => {
  it('gives back what was written, bit for bit', async () => {
    const tensors = new Map([
      ['conv/kernel', tensor([1.5, -0, NaN, Infinity, 1e-40, 7], [1, 2, 3])],
      ['labels', tensor(Int32Array.of(-1, 2 ** 31 - 1))],
      ['bytes', tensor(Uint8Array.of(0, 255, 3))],
      ['flags', tensor([true, false])],
      ['empty', tensor(new Float32Array(0), [0, 4])],
      ['ünïcode "name"', tensor(Float32Array.of(2), [])],
    ]);
    const path = newPath();
    await writeSafetensors(path, tensors, { author: 'someone', zeros: '0'.repeat(64) });
    const read = await readSafetensors(path);
    expect([...read.tensors]).toEqual([...tensors]);
    expect(read.metadata.author).toBe('someone');
  });

  it('is laid out as the format says', async () => {
    const path = newPath();
    await writeSafetensors(path, new Map([['a', tensor(Float32Array.of(1, 2))]]));
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    expect(header.a).toEqual({ dtype: 'F32', shape: [2], data_offsets: [0, 8] });
    expect((8 + length) % 8).toBe(0);
    expect(bytes.readFloatLE(8 + length + 4)).toBe(2);
    expect(bytes).toHaveLength(8 + length + 8);
  });

  it('reads the element types of other programs', async () => {
    const data = Buffer.alloc(8 + 4 + 4 + 16 + 2);
    data.writeDoubleLE(0.5, 0);
    data.writeUInt16LE(0xc100, 8); // half: -2.5
    data.writeUInt16LE(0x0001, 10); // half: 2^-24
    data.writeUInt16LE(0x3fc0, 12); // bfloat16: 1.5
    data.writeUInt16LE(0xff80, 14); // bfloat16: -Infinity
    data.writeBigInt64LE(-5n, 16);
    data.writeBigInt64LE(7n, 24);
    data.writeInt16LE(-300, 32);
    const path = fileOf(
      {
        double: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
        half: { dtype: 'F16', shape: [2], data_offsets: [8, 12] },
        brain: { dtype: 'BF16', shape: [2], data_offsets: [12, 16] },
        long: { dtype: 'I64', shape: [2], data_offsets: [16, 32] },
        short: { dtype: 'I16', shape: [1], data_offsets: [32, 34] },
      },
      data,
    );
    const { tensors } = await readSafetensors(path);
    const values = [...tensors].map(([name, { values }]) => [name, [...values]]);
    expect(values).toEqual([
      ['double', [0.5]],
      ['half', [-2.5, 2 ** -24]],
      ['brain', [1.5, -Infinity]],
      ['long', [-5, 7]],
      ['short', [-300]],
    ]);
  });

  const four = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  it.each<[string, unknown, number, string]>([
    ['an overlap', { a: four, b: four }, 4, "tensor 'b' overlaps the tensor before it"],
    ['a gap', { a: { ...four, data_offsets: [4, 8] } }, 8, "tensor 'a' leaves a gap"],
    ['an end beyond the data', { a: four }, 2, "tensor 'a' ends at byte 4, but there are 2"],
    ['bytes that belong to none', { a: four }, 9, '5 bytes after the last tensor'],
    ['a size against its shape', { a: { ...four, shape: [2] } }, 4, 'needs 8 bytes, but has 4'],
    ['an unknown dtype', { a: { ...four, dtype: 'F31' } }, 4, "has the dtype 'F31'"],
    ['a negative size', { a: { ...four, shape: [-1] } }, 4, 'no list of sizes'],
    ['a huge size', { a: { ...four, shape: [1e300] } }, 4, 'no list of sizes'],
    ['33 axes', { a: { ...four, shape: new Array(33).fill(1) } }, 4, 'no list of sizes'],
    ['offsets that turn back', { a: { ...four, data_offsets: [4, 0] } }, 4, 'has -4'],
    ['no offsets', { a: { dtype: 'F32', shape: [] } }, 4, 'no data_offsets'],
    ['a tensor that is none', { a: 5 }, 0, 'has no description'],
    ['metadata of numbers', { __metadata__: { a: 5 } }, 0, '__metadata__ is no record'],
    ['a list', '[]', 0, 'no JSON object'],
    ['no JSON', '{"a":', 0, 'it is no JSON'],
    ['a name twice', '{"a":1,"\\u0061":2}', 0, "it has 'a' more than once"],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]).toString('latin1'), 0, 'is no JSON'],
  ])('refuses %s', async (_what, header, bytes, message) => {
    const read = readSafetensors(fileOf(header, new Uint8Array(bytes)));
    await expect(read).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(read).rejects.toThrow(message);
  });

  it('refuses a header longer than the file or the format allows', async () => {
    for (const length of [3n, 100_000_001n, 2n ** 63n]) {
      const read = readSafetensors(fileOf('{}', new Uint8Array(0), length));
      await expect(read).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    }
    const short = newPath();
    writeFileSync(short, 'abc');
    await expect(readSafetensors(short)).rejects.toThrow('3 bytes are too few');
  });

  it('refuses integers beyond 32 bits', async () => {
    const data = Buffer.alloc(8);
    data.writeBigInt64LE(2n ** 40n);
    const header = { a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } };
    await expect(readSafetensors(fileOf(header, data))).rejects.toThrow("tensor 'a' has integers");
  });

  it('finds every flipped bit and every truncation', async () => {
    const path = newPath();
    const values = Float32Array.from({ length: 50 }, Math.random);
    await writeSafetensors(path, new Map([['w', tensor(values)]]), { note: 'x' });
    const whole = readFileSync(path);
    const damaged = newPath();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const bytes = Buffer.from(whole);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(damaged, bytes);
        await expect(readSafetensors(damaged)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
      }),
      { numRuns: 300, seed: 1 },
    );
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(damaged, whole.subarray(0, length));
      await expect(readSafetensors(damaged)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    }
  });

  it('tells of a missing file and of a folder', async () => {
    await expect(readSafetensors(newPath())).rejects.toMatchObject({ code: 'ERR_IO' });
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'ERR_IO' });
  });
});

describe('JSON of a file', () => {
  it('has no key twice in one object', () => {
    const fine = '{"a":{"b":1},"c":{"b":[{"b":2}]},"d":{"b\\":":1,"b":["a","a"]}}';
    expect(parseJson(fine)).toEqual(JSON.parse(fine));
    expect(() => parseJson('{"x":{"a" : 1, "b":{"a":2}, "\\u0061":3}}')).toThrow(
      "it has 'a' more than once",
    );
  });

  it.each<[string, string, string]>([
    ['an end', '{"a":"b', 'it is no JSON'],
    ['brackets that fit', ']'.repeat(10), 'it is no JSON'],
    ['a depth that models have', `${'['.repeat(1e5)}${']'.repeat(1e5)}`, 'deeper than 512'],
    ['no more values than memory', `[${'[],'.repeat(3e6)}0]`, 'more than 4194304 values'],
    ['no more texts than memory', '""'.repeat(5e6), 'more than 4194304 values'],
  ])('has %s', (_what, text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  it('has texts of any length', () => {
    for (const text of ['x'.repeat(2e7), '\\'.repeat(2e7), '"'.repeat(1e7)]) {
      expect(parseJson(JSON.stringify({ text }))).toEqual({ text });
    }
  });
});

describe('weights of a file', () => {
  const weights = [
    { name: 'conv/kernel', shape: [2, 2] },
    { name: 'conv/bias', shape: [2] },
  ];
  const kernel = tensor([1, 2, 3, 4], [2, 2]);
  const fileWith = (...tensors: [string, Tensor][]) => {
    return { tensors: new Map(tensors), metadata: {} };
  };

  it('are found by name, in any order', () => {
    const bias = tensor(Int32Array.of(5, 6));
    const file = fileWith(['conv/bias', bias], ['conv/kernel', kernel]);
    expect(matchWeights('f', weights, file, false)).toEqual([
      Float32Array.of(1, 2, 3, 4),
      Float32Array.of(5, 6),
    ]);
  });

  it('are listed, each with its shapes, when they do not fit', () => {
    const file = fileWith(['conv/kernel', kernel.reshape([4])], ['dense/kernel', kernel]);
    const match = () => matchWeights('model.safetensors', weights, file, false);
    expect(match).toThrow(expect.objectContaining({ code: 'ERR_FORMAT' }));
    expect(match).toThrow("'conv/kernel' is [2,2] in the model, [4] in the file");
    expect(match).toThrow("'conv/bias' [2] is missing from the file");
    expect(match).toThrow("'dense/kernel' [2,2] is not in the model");
    expect(match).toThrow('model.safetensors');
  });

  it('may be taken in part', () => {
    const file = fileWith(['conv/kernel', kernel], ['dense/kernel', kernel]);
    expect(matchWeights('f', weights, file, true)).toEqual([kernel.values, null]);
  });
});
