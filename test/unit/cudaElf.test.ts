/** What is read of a shared library without loading it. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readElf } from '../../lib/cuda/elf.js';
import { makeLibrary, temporaryFolder, writeText } from './cudaFakes.js';

const folder = temporaryFolder();
const library = makeLibrary(join(folder, 'libfake.so.3'), {
  soname: 'libfake.so.3',
  flags: ['-Wl,--no-as-needed', '-lm', '-Wl,-rpath,$ORIGIN/../cu13/lib:/opt/fake'],
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A copy with other bytes at an offset. */
function patched(name: string, offset: number, ...bytes: number[]): string {
  const content = readFileSync(library);
  content.set(bytes, offset);
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('readElf()', () => {
  it('tells name, needed libraries and search path', () => {
    const elf = readElf(library);
    expect(elf.soname).toBe('libfake.so.3');
    expect(elf.needed).toEqual(expect.arrayContaining(['libm.so.6', 'libc.so.6']));
    expect(elf.runpath).toEqual(['$ORIGIN/../cu13/lib', '/opt/fake']);
  });

  it('takes a library without a name', () => {
    expect(readElf(makeLibrary(join(folder, 'nameless.so'))).soname).toBeUndefined();
  });

  it.each([
    ['a text', () => writeText(join(folder, 'text.so'), 'GROUP ( libc.so.6 )'), /no ELF file/],
    ['an empty file', () => writeText(join(folder, 'empty.so'), ''), /no ELF file/],
    ['a 32-bit library', () => patched('32.so', 4, 1), /32-bit/],
    ['a big-endian library', () => patched('big.so', 5, 2), /big-endian/],
    ['an object file', () => patched('object.so', 16, 1), /no shared library/],
    ['no program headers', () => patched('headers.so', 54, 0, 0), /program headers are damaged/],
    ['headers beyond its end', () => patched('far.so', 32, 0, 0, 0, 0xff), /cut off/],
  ])('refuses %s', (_, make, message) => {
    expect(() => readElf(make())).toThrow(message);
  });

  it('refuses a library of another processor and names both', () => {
    const other = process.arch === 'x64' ? 'arm64' : 'x64';
    expect(() => readElf(library, other)).toThrow(
      process.arch === 'x64'
        ? 'it is for x86-64, this machine is AArch64'
        : 'it is for AArch64, this machine is x86-64',
    );
  });

  it('refuses every cut-off copy, without an end', () => {
    const whole = readFileSync(library);
    const cut = join(folder, 'cut.so');
    for (const bytes of [1, 63, 64, 65, 100, 500]) {
      writeFileSync(cut, whole.subarray(0, bytes));
      expect(() => readElf(cut)).toThrow(/cut off|no ELF file/);
    }
  });

  it('passes on what the system says of a folder and of a missing file', () => {
    mkdirSync(join(folder, 'folder.so'));
    expect(() => readElf(join(folder, 'folder.so'))).toThrow(/EISDIR/);
    expect(() => readElf(join(folder, 'none.so'))).toThrow(/ENOENT/);
  });

  it('leaves no file open', () => {
    const copy = join(folder, 'copy.so');
    copyFileSync(library, copy);
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 50; ++i) readElf(copy);
    expect(open()).toBe(before);
  });
});
