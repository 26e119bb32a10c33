/** What is said where the native addon cannot be loaded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as Addon from '../../lib/native/addon.js';
import { adviceFor, hostSystem } from '../../lib/native/addonAdvice.js';

const debian = { platform: 'linux', arch: 'x64', glibc: true };
const missing = ['/package/build/Release/node_cudnn.node: no such file'];

describe('a system that is not supported', () => {
  it.each([
    ['macOS on arm64', { ...debian, platform: 'darwin', arch: 'arm64' }],
    ['Windows. Run it in WSL', { ...debian, platform: 'win32' }],
    ['Linux on arm64', { ...debian, arch: 'arm64' }],
    ['freebsd on x64', { ...debian, platform: 'freebsd' }],
    ['Linux has another, as Alpine has musl', { ...debian, glibc: false }],
  ])('is named: %s', (name, system) => {
    for (const failures of [missing, ['x.node: invalid ELF header']]) {
      const advice = adviceFor(failures, system);
      expect(advice).toContain(
        'node-cudnn runs on Linux on x64 processors, with the C library glibc; this ',
      );
      expect(advice).toContain(name);
      expect(advice).not.toContain('npm run build');
    }
  });

  it('is not this one', () => {
    expect(hostSystem()).toEqual(debian);
    expect(adviceFor(missing)).toMatch(/^Build it: npm run build, in \//);
  });
});

// As glibc, musl and Node.js say it.
test.each([
  '/p/node_cudnn.node: cannot open shared object file: No such file or directory',
  '/p/node_cudnn.node: wrong ELF class: ELFCLASS32',
  '/p/node_cudnn.node: invalid ELF header',
  "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /p/node_cudnn.node)",
  'libc.musl-x86_64.so.1: cannot open shared object file: No such file or directory',
  'Error relocating /p/node_cudnn.node: __memcpy_chk: symbol not found',
])('an addon of another system is known by what the loader says: %s', (text) => {
  expect(adviceFor([text], debian)).toMatch(
    /^It was built for another system. Build it again: npm run build/,
  );
});

function copyWith(file: string, exports: object): Error {
  let caught: unknown;
  jest.isolateModules(() => {
    jest.doMock(file, () => exports);
    try {
      jest.requireActual<typeof Addon>('../../lib/native/addon.js').nativeAddon();
    } catch (error) {
      caught = error;
    }
  });
  jest.dontMock(file);
  return caught as Error;
}

test('a published package says what a build takes', () => {
  const root = mkdtempSync(join(tmpdir(), 'node-cudnn-'));
  try {
    const error = copyWith('../../lib/native/packageRoot.js', { packageRoot: root });
    expect(error).toMatchObject({ code: 'ERR_BACKEND' });
    expect(error.message).toMatch(
      /no such file\nBuild it: with .*libdnnl-dev\): npm install cmake/,
    );
    expect(error.message).toContain(`npm run build --prefix ${root}`);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test.each([undefined, '/index.js', join(tmpdir(), 'bundle.cjs')])(
  'a bundle is told to leave the package out: %p',
  (sourceFile) => {
    const error = copyWith('../../lib/native/sourceFile.cjs', { sourceFile });
    expect(error).toMatchObject({ code: 'ERR_BACKEND' });
    expect(error.message).toContain('Mark node-cudnn as external');
    expect(error.message).toContain('--external:node-cudnn');
  },
);
