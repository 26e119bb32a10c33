import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type * as Addon from '../../lib/native/addon.js';

interface Failure {
  readonly code?: string;
  readonly message: string;
}

/** What nativeAddon() throws in a package at `root` whose files are loaded by `load`. */
function failure(root: string, load: (file: string) => unknown): Failure {
  let caught: unknown;
  jest.isolateModules(() => {
    jest.doMock('../../lib/native/packageRoot.js', () => ({
      packageRoot: root,
      packageRequire: load,
    }));
    const { nativeAddon } = jest.requireActual<typeof Addon>('../../lib/native/addon.js');
    try {
      nativeAddon();
    } catch (error) {
      caught = error;
    }
  });
  if (caught === undefined) throw new Error('the addon should not have loaded');
  return caught as Failure;
}

describe('an addon that cannot be loaded', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'node-cudnn-'));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
    delete process.env.NODE_CUDNN_BUILD;
  });

  function place(build: string): string {
    mkdirSync(join(root, 'build', build), { recursive: true });
    const file = join(root, 'build', build, 'node_cudnn.node');
    writeFileSync(file, 'no library');
    return file;
  }

  function throwing(message: string): () => never {
    return () => {
      throw new Error(message);
    };
  }

  test('and is not there: both places and how to build it', () => {
    const { code, message } = failure(root, throwing('not asked for'));
    expect(code).toBe('ERR_BACKEND');
    for (const build of ['Release', 'Debug']) {
      expect(message).toContain(`${join(root, 'build', build, 'node_cudnn.node')}: no such file`);
    }
    expect(message).toContain('npm run build');
  });

  test('for want of oneDNN: the package to install', () => {
    place('Release');
    const text = 'libdnnl.so.2: cannot open shared object file: No such file or directory';
    const { code, message } = failure(root, throwing(text));
    expect(code).toBe('ERR_BACKEND');
    expect(message).toContain(text);
    expect(message).toContain('apt-get install libdnnl2');
  });

  test('for want of OpenMP: the package to install', () => {
    place('Release');
    const text = 'libgomp.so.1: cannot open shared object file: No such file or directory';
    expect(failure(root, throwing(text)).message).toContain('apt-get install libgomp1');
  });

  test('because it is damaged: the loader says so', () => {
    const file = place('Debug');
    const load = (name: string): unknown => {
      process.dlopen({ exports: {} }, name);
      return undefined;
    };
    const { code, message } = failure(root, load);
    expect(code).toBe('ERR_BACKEND');
    expect(message).toContain(file);
    expect(message).toMatch(/file too short|invalid ELF header/);
  });

  test('because NODE_CUDNN_BUILD names no build', () => {
    process.env.NODE_CUDNN_BUILD = 'Fast';
    expect(failure(root, throwing('not asked for'))).toMatchObject({
      code: 'ERR_BACKEND',
      message: "NODE_CUDNN_BUILD: expected Release or Debug, got 'Fast'",
    });
  });

  test('NODE_CUDNN_BUILD leaves only the build that it names', () => {
    process.env.NODE_CUDNN_BUILD = 'Debug';
    expect(failure(root, throwing('not asked for')).message).not.toContain('Release');
  });

  test('lets OpenMP spin for a short while, unless the user chose otherwise', () => {
    place('Release');
    const seen: unknown[] = [];
    const load = (): never => {
      seen.push([process.env.OMP_WAIT_POLICY, process.env.GOMP_SPINCOUNT]);
      throw new Error('no');
    };
    delete process.env.OMP_WAIT_POLICY;
    delete process.env.GOMP_SPINCOUNT;
    failure(root, load);
    expect(process.env.GOMP_SPINCOUNT).toBeUndefined();
    process.env.GOMP_SPINCOUNT = '5';
    failure(root, load);
    delete process.env.GOMP_SPINCOUNT;
    process.env.OMP_WAIT_POLICY = 'active';
    failure(root, load);
    expect(process.env.OMP_WAIT_POLICY).toBe('active');
    delete process.env.OMP_WAIT_POLICY;
    expect(seen).toEqual([
      [undefined, '1000'],
      [undefined, '5'],
      ['active', undefined],
    ]);
  });
});
