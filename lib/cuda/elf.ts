import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a shared library says of itself. */
export interface ElfLibrary {
  readonly soname: string | undefined;
  /** Sonames of the libraries that it links. */
  readonly needed: readonly string[];
  readonly runpath: readonly string[];
}

// Numbers of the ELF specification (System V ABI, chapters 4 and 5).
const machines: Readonly<Record<string, { readonly number: number; readonly name: string }>> = {
  x64: { number: 62, name: 'x86-64' },
  arm64: { number: 183, name: 'AArch64' },
};
const sharedObject = 3;
const segmentLoad = 1;
const segmentDynamic = 2;
const tags = { needed: 1, strings: 5, stringBytes: 10, soname: 14, rpath: 15, runpath: 29 };
const headerBytes = 64;
const mostBytes = 1 << 24;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

class Reader {
  constructor(
    private readonly descriptor: number,
    private readonly size: number,
  ) {}

  bytes(offset: number, count: number): Buffer {
    if (count > mostBytes || offset + count > this.size) throw new Error('it is cut off');
    const buffer = Buffer.alloc(count);
    let filled = 0;
    while (filled < count) {
      const read = readSync(this.descriptor, buffer, filled, count - filled, offset + filled);
      if (read === 0) throw new Error('it is cut off');
      filled += read;
    }
    return buffer;
  }
}

function checkedHeader(reader: Reader, size: number, arch: string): Buffer {
  if (size < headerBytes || reader.bytes(0, 4).toString('latin1') !== '\x7fELF') {
    throw new Error('it is no shared library (no ELF file)');
  }
  const header = reader.bytes(0, headerBytes);
  if (header[4] !== 2) throw new Error('it is a 32-bit library');
  if (header[5] !== 1) throw new Error('it is a big-endian library');
  if (header.readUInt16LE(16) !== sharedObject) throw new Error('it is no shared library');
  const expected = machines[arch];
  const found = header.readUInt16LE(18);
  if (expected !== undefined && found !== expected.number) {
    const other = Object.values(machines).find(({ number }) => number === found);
    throw new Error(
      `it is for ${other?.name ?? `processor type ${found}`}, this machine is ${expected.name}`,
    );
  }
  return header;
}

function segmentsOf(reader: Reader, header: Buffer): Segment[] {
  const offset = Number(header.readBigUInt64LE(32));
  const entryBytes = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  if (entryBytes < 56) throw new Error('its program headers are damaged');
  const table = reader.bytes(offset, entryBytes * count);
  return Array.from({ length: count }, (_, i) => {
    const entry = table.subarray(i * entryBytes);
    return {
      type: entry.readUInt32LE(0),
      offset: Number(entry.readBigUInt64LE(8)),
      address: Number(entry.readBigUInt64LE(16)),
      bytes: Number(entry.readBigUInt64LE(32)),
    };
  });
}

function dynamicEntries(reader: Reader, segments: readonly Segment[]): [number, number][] {
  const dynamic = segments.find(({ type }) => type === segmentDynamic);
  if (dynamic === undefined) throw new Error('it is not linked dynamically');
  const table = reader.bytes(dynamic.offset, dynamic.bytes);
  const entries: [number, number][] = [];
  for (let at = 0; at + 16 <= table.length; at += 16) {
    const tag = Number(table.readBigInt64LE(at));
    if (tag === 0) break;
    entries.push([tag, Number(table.readBigUInt64LE(at + 8))]);
  }
  return entries;
}

function parse(reader: Reader, size: number, arch: string): ElfLibrary {
  const segments = segmentsOf(reader, checkedHeader(reader, size, arch));
  const entries = dynamicEntries(reader, segments);
  const valueOf = (tag: number): number => entries.find(([found]) => found === tag)?.[1] ?? 0;
  const address = valueOf(tags.strings);
  const home = segments.find(
    (segment) =>
      segment.type === segmentLoad &&
      address >= segment.address &&
      address < segment.address + segment.bytes,
  );
  if (home === undefined) throw new Error('its names are missing');
  const names = reader.bytes(home.offset + address - home.address, valueOf(tags.stringBytes));
  const textsOf = (...wanted: number[]): string[] =>
    entries
      .filter(([tag]) => wanted.includes(tag))
      .map(([, at]) => names.toString('latin1', at, names.indexOf(0, at)));
  return {
    soname: textsOf(tags.soname)[0],
    needed: textsOf(tags.needed),
    runpath: textsOf(tags.rpath, tags.runpath).flatMap((text) => text.split(':')),
  };
}

/**
 * Reads the dynamic section of a shared library, without loading it. Throws an Error whose message
 * says what is wrong with the file: "it is no shared library (no ELF file)".
 */
export function readElf(file: string, arch: string = process.arch): ElfLibrary {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    return parse(new Reader(descriptor, size), size, arch);
  } finally {
    closeSync(descriptor);
  }
}
