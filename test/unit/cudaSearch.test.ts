/** Where libraries are looked for, in which order, and which files are taken. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { fetchedFolders } from '../../lib/cuda/fetchedFolders.js';
import { filesToOpen, findLibraries, type FoundLibrary } from '../../lib/cuda/findLibraries.js';
import { linkedVersions, type LibraryKey } from '../../lib/cuda/libraries.js';
import { multiarch, type Machine } from '../../lib/cuda/machine.js';
import type { SearchOptions } from '../../lib/cuda/searchPlaces.js';
import { fakeMachine, makeLibrary, temporaryFolder, writeText } from './cudaFakes.js';

const linked = linkedVersions();
let root: string;

beforeEach(() => {
  root = temporaryFolder();
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function find(key: LibraryKey, machine: Machine, options: SearchOptions = {}): FoundLibrary {
  const found = findLibraries(machine, linked, options).find(({ wanted }) => wanted.key === key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

function put(folder: string, soname: string, options: { source?: string } = {}): string {
  return makeLibrary(join(root, folder, soname), { soname, ...options });
}

/** cuDNN as NVIDIA ships it: a small library that opens its parts by name. */
function putCudnn(folder: string, runpath = '$ORIGIN/../../cu13/lib'): string {
  const parts = ['graph', 'ops', 'heuristic', 'engines_precompiled', 'engines_runtime_compiled'];
  for (const part of parts) {
    const soname = `libcudnn_${part}.so.9`;
    makeLibrary(join(root, folder, soname), { soname, flags: [`-Wl,-rpath,${runpath}`] });
  }
  return put(folder, 'libcudnn.so.9', { source: 'const char* part = "libcudnn_graph.so";' });
}

describe('the order of search', () => {
  const runtime = 'libcudart.so.13';

  it('is that of the documents', () => {
    const at = (path: string): string => join(root, path);
    writeText(at('etc/ld.so.conf'), 'include /etc/ld.so.conf.d/*.conf\n# a comment\n');
    writeText(at('etc/ld.so.conf.d/a.conf'), '/opt/listed\n');
    writeText(at('etc/ld.so.conf.d/a.txt'), '/opt/unlisted\n');
    writeText(at('onPath/bin/python3'), '');
    const machine = fakeMachine(root, {
      NODE_CUDNN_CUDA_PATH: at('named'),
      NODE_CUDNN_CUDNN_PATH: at('namedCudnn'),
      LD_LIBRARY_PATH: `relative:${at('loader')}`,
      CUDA_HOME: at('toolkit'),
      VIRTUAL_ENV: at('venv'),
      PATH: `${at('sbin')}:${at('onPath/bin')}`,
      CONDA_PREFIX: at('conda'),
    });
    const folders = [
      ['option cudaLibraries', 'option/lib64'],
      ['NODE_CUDNN_CUDA_PATH', 'named'],
      ['NODE_CUDNN_CUDNN_PATH', 'namedCudnn/lib'],
      ['LD_LIBRARY_PATH', 'loader'],
      ['loader cache', 'opt/listed'],
      ['loader cache', `usr/lib/${multiarch(machine)}`],
      ['CUDA toolkit', 'toolkit/lib64'],
      ['CUDA toolkit', 'usr/local/cuda-13.1/lib64'],
      ['CUDA toolkit', 'usr/local/cuda-13.0/lib64'],
      ['distribution', 'usr/lib/wsl/lib'],
      ['pip', 'venv/lib/python3.12/site-packages/nvidia/cu13/lib'],
      ['pip', 'onPath/lib/python3.12/site-packages/nvidia/cu13/lib'],
      ['pip', 'home/user/.local/lib/python3.12/site-packages/nvidia/cu13/lib'],
      ['pip', 'home/user/.local/lib/python3.9/site-packages/nvidia/cu13/lib'],
      ['pip', 'home/user/.pyenv/versions/3.11/lib/python3.11/site-packages/nvidia/cu13/lib'],
      ['pip', 'usr/local/lib/python3.11/dist-packages/nvidia/cu13/lib'],
      ['pip', 'usr/lib/python3/dist-packages/nvidia/cu13/lib'],
      ['conda', 'conda/lib'],
      ['conda', 'conda/lib/python3.12/site-packages/nvidia/cu13/lib'],
      ['npm run setup', 'home/user/.cache/node-cudnn/cuda13-cudnn_cu13-9.24/nvidia/cu13/lib'],
    ] as const;
    const paths = folders.map(([, folder]) => put(folder, runtime));
    put('opt/unlisted', runtime);
    folders.forEach(([from], i) => {
      const options = { folders: [at('option')], fetched: fetchedFolders(machine, 13) };
      const found = find('runtime', machine, options);
      expect({ from: found.from, path: found.path }).toEqual({ from, path: paths[i] });
      rmSync(paths[i] ?? '');
    });
    expect(find('runtime', machine).path).toBeUndefined();
  });

  it('takes the variable of cuDNN first for cuDNN, and that of CUDA for the rest', () => {
    const paths = ['cuda', 'cudnn'].flatMap((folder) => [
      put(folder, runtime),
      put(folder, 'libcudnn.so.9'),
    ]);
    const machine = fakeMachine(root, {
      NODE_CUDNN_CUDA_PATH: join(root, 'cuda'),
      NODE_CUDNN_CUDNN_PATH: join(root, 'cudnn'),
    });
    expect(find('runtime', machine).path).toBe(paths[0]);
    expect(find('cudnn', machine).path).toBe(paths[3]);
  });

  it('takes a file that is named for its folder, and XDG_CACHE_HOME for the cache', () => {
    const path = put('somewhere', runtime);
    expect(find('runtime', fakeMachine(root, { NODE_CUDNN_CUDA_PATH: path })).path).toBe(path);
    const fetched = put('cache/node-cudnn/cuda13-x/nvidia/cu13/lib', runtime);
    const machine = fakeMachine(root, { XDG_CACHE_HOME: join(root, 'cache') });
    const options = { fetched: fetchedFolders(machine, 13) };
    expect(find('runtime', machine, options).path).toBe(fetched);
    expect(fetchedFolders(machine, 12)).toEqual([]);
  });
});

describe('a file that cannot be used', () => {
  it('is passed over where it was only found, and said', () => {
    const machine = fakeMachine(root, { LD_LIBRARY_PATH: join(root, 'bad') });
    const bad = writeText(join(root, 'bad/libcudart.so.13'), 'no library');
    const good = put('usr/lib64', 'libcudart.so.13');
    const found = find('runtime', machine);
    expect(found.path).toBe(good);
    expect(found.rejected).toEqual([
      {
        path: bad,
        from: 'LD_LIBRARY_PATH',
        reason: 'it is no shared library (no ELF file)',
      },
    ]);
  });

  it('is not replaced by another where the user named it', () => {
    const bad = writeText(join(root, 'bad/libcudart.so.13'), 'no library');
    put('usr/lib64', 'libcudart.so.13');
    const found = find('runtime', fakeMachine(root, { NODE_CUDNN_CUDA_PATH: join(root, 'bad') }));
    expect(found.path).toBeUndefined();
    expect(found.rejected.map(({ path }) => path)).toEqual([bad]);
  });

  it('may be a broken link or a folder', () => {
    mkdirSync(join(root, 'usr/lib64'), { recursive: true });
    symlinkSync('/nowhere/at/all', join(root, 'usr/lib64/libcudart.so.13'));
    mkdirSync(join(root, 'usr/lib/libcudart.so.13'), { recursive: true });
    expect(find('runtime', fakeMachine(root)).rejected.map(({ reason }) => reason)).toEqual([
      'it is a link to a file that is not there',
      'it cannot be read (EISDIR)',
    ]);
  });

  it('may be of another CUDA version', () => {
    const other = put('usr/lib64', 'libcudart.so.12');
    expect(find('runtime', fakeMachine(root)).rejected).toEqual([
      { path: other, from: 'loader cache', reason: 'it is version 12; version 13 is needed' },
    ]);
  });
});

describe('cuDNN', () => {
  const packages = 'usr/lib/python3/dist-packages';

  it.each([
    ['by the full name of the file', '9.10.2', 'named'],
    ["by pip's record", '9.10.2.21', 'pip'],
    ['by its header', '9.10.2', 'header'],
  ])('is too old %s', (_, version, how) => {
    const folder = how === 'pip' ? `${packages}/nvidia/cudnn/lib` : 'usr/lib64';
    if (how === 'named') {
      makeLibrary(join(root, folder, `libcudnn.so.${version}`), { soname: 'libcudnn.so.9' });
      symlinkSync(`libcudnn.so.${version}`, join(root, folder, 'libcudnn.so.9'));
    } else {
      put(folder, 'libcudnn.so.9');
    }
    if (how === 'pip') mkdirSync(join(root, packages, `nvidia_cudnn_cu13-${version}.dist-info`));
    if (how === 'header') {
      const [major = '', minor = '', patch = ''] = version.split('.');
      writeText(
        join(root, 'usr/include/cudnn_version.h'),
        `#define CUDNN_MAJOR ${major}\n#define CUDNN_MINOR ${minor}\n` +
          `#define CUDNN_PATCHLEVEL ${patch}\n`,
      );
    }
    const found = find('cudnn', fakeMachine(root));
    expect(found.path).toBeUndefined();
    expect(found.rejected.map(({ reason }) => reason)).toEqual([
      `it is version ${version}; 9.19 or newer is needed`,
    ]);
  });

  it('is taken with its parts, and its version told', () => {
    const path = putCudnn(`${packages}/nvidia/cudnn/lib`);
    mkdirSync(join(root, packages, 'nvidia_cudnn_cu13-9.24.0.43.dist-info'));
    expect(find('cudnn', fakeMachine(root))).toMatchObject({ path, version: '9.24.0.43' });
  });

  it('is refused without one of its parts', () => {
    putCudnn('usr/lib64');
    rmSync(join(root, 'usr/lib64/libcudnn_ops.so.9'));
    expect(find('cudnn', fakeMachine(root)).rejected[0]?.reason).toBe(
      'it is not complete: libcudnn_ops.so.9 should lie beside it',
    );
  });

  it('is refused when it is for another CUDA', () => {
    putCudnn('usr/lib64', '$ORIGIN/../../cu12/lib');
    expect(find('cudnn', fakeMachine(root)).rejected[0]?.reason).toBe(
      'it is for CUDA 12; CUDA 13 is needed',
    );
  });

  it("is refused when pip's name of it is for another CUDA", () => {
    putCudnn(`${packages}/nvidia/cudnn/lib`, '$ORIGIN');
    mkdirSync(join(root, packages, 'nvidia_cudnn_cu12-9.24.0.dist-info'));
    expect(find('cudnn', fakeMachine(root)).rejected[0]?.reason).toBe(
      'it is for CUDA 12; CUDA 13 is needed',
    );
  });
});

describe('the files to open', () => {
  it('come in the order of their needs, NVRTC after its built-in headers', () => {
    const lib = 'usr/lib64';
    const cudnn = putCudnn(lib);
    const names = ['libcudart.so.13', 'libnvrtc.so.13', 'libcublasLt.so.13', 'libcuda.so.1'];
    const [runtime, nvrtc, cublas, driver] = names.map((name) => put(lib, name));
    const builtins = put(lib, 'libnvrtc-builtins.so.13.0');
    put(lib, 'libnvrtc-builtins.alt.so.13.0');
    put(lib, 'libnvrtc-builtins.so.12.9');
    const files = filesToOpen(findLibraries(fakeMachine(root), linked));
    expect(files).toEqual([driver, runtime, builtins, nvrtc, cublas, cudnn]);
  });

  it('leave out what a cuDNN in one piece does not open', () => {
    const names = ['libcudart.so.13', 'libnvrtc.so.13', 'libcudnn.so.9'];
    const [runtime, , cudnn] = names.map((name) => put('usr/lib64', name));
    expect(filesToOpen(findLibraries(fakeMachine(root), linked))).toEqual([runtime, cudnn]);
  });
});

test('versions that the plugin was linked to', () => {
  expect(linkedVersions()).toEqual({ cuda: 13, cudnn: 9 });
  expect(linkedVersions(['libcudart.so.12', 'libcudnn.so.9', 'libc.so.6'])).toEqual({
    cuda: 12,
    cudnn: 9,
  });
  const twelve = linkedVersions(['libcudart.so.12']);
  const sonames = findLibraries(fakeMachine(root), twelve).map(({ wanted }) => wanted.soname);
  expect(sonames).toContain('libnvrtc.so.12');
});
