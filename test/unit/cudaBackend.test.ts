/** The backends 'cuda' and 'auto', on machines with and without CUDA, made of fakes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { chooseDevice } from '../../lib/cuda/choose.js';
import { cudaState, searchCuda } from '../../lib/cuda/cuda.js';
import { listDevices, sequential, setLogger, type ModelOptions } from '../../lib/index.js';
import type * as Addon from '../../lib/native/addon.js';
import type { PluginFiles } from '../../lib/native/plugin.js';
import { resolveBackend } from '../../lib/model/backend.js';
import { coded } from './modelErrors.js';
import { fakeMachine, makeLibraries, makePlugin, temporaryFolder, writeText } from './cudaFakes.js';

// A plugin stays in its process for good, so that this one loads none.
const loaded: PluginFiles[] = [];
jest.mock('../../lib/native/addon.js', () => {
  const actual = jest.requireActual<typeof Addon>('../../lib/native/addon.js');
  const loadPlugin = (files: PluginFiles): void => void loaded.push(files);
  const addon: unknown = Object.create(actual.nativeAddon(), { loadPlugin: { value: loadPlugin } });
  return { ...actual, nativeAddon: () => addon };
});

const folder = temporaryFolder();
const plugin = makePlugin(join(folder, 'node_cudnn_cuda.so'));
const libraries = join(folder, 'lib');
makeLibraries(libraries);

const original = { ...process.env };
const said: string[] = [];

beforeEach(() => {
  loaded.length = 0;
  said.length = 0;
  setLogger((line) => said.push(line));
  for (const name of Object.keys(process.env)) {
    if (/^(NODE_CUDNN_CUD|CUDA_|FAKE_)/.test(name)) Reflect.deleteProperty(process.env, name);
  }
  setVariables({
    NODE_CUDNN_CUDA_PLUGIN: plugin,
    NODE_CUDNN_CUDA_PATH: libraries,
    NODE_CUDNN_CUDNN_PATH: libraries,
  });
});

afterAll(() => {
  process.env = original;
  setLogger();
  rmSync(folder, { recursive: true });
});

function setVariables(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}

let fresh = 0;
/** How the plugin behaves; a trial of its own, not one that is remembered. */
function behave(how: string, visible?: string): void {
  fresh += 1;
  setVariables({ FAKE_PLUGIN: how, CUDA_VISIBLE_DEVICES: visible ?? `0,1,${fresh + 2}` });
}

function failure(options: ModelOptions): { code: string; message: string } {
  try {
    sequential(options);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it should not have worked');
}

describe("backend 'cuda'", () => {
  it('takes the first device that can be used, and loads the plugin after its libraries', () => {
    expect(sequential({ backend: 'cuda' }).backend).toBe('cuda:1');
    expect(loaded).toEqual([
      {
        plugin,
        libraries: ['libcuda.so.1', 'libcudart.so.13', 'libcudnn.so.9'].map((name) =>
          join(libraries, name),
        ),
      },
    ]);
    expect(said).toEqual([]);
  });

  it('takes the device that is named', () => {
    expect(sequential({ backend: 'cuda:2' }).backend).toBe('cuda:2');
  });

  it('hands its options to native code', () => {
    const options = {
      precision: 'bf16',
      memoryLimit: 8e9,
      workspaceLimit: 0,
      autotune: 3,
      planCache: '/tmp/plans',
    } as const;
    expect(resolveBackend('model', { backend: 'cuda:2', ...options })).toEqual({
      name: 'cuda:2',
      native: 'cuda',
      options: { device: 2, ...options },
    });
  });

  it.each([
    [{ backend: 'cuda:' }, /backend is 'cuda:'; expected 'cuda' or 'cuda:' and a device's number/],
    [{ backend: 'cuda:one' }, /expected 'cuda' or 'cuda:'/],
    [{ precision: 'fp16' }, /precision is 'fp16'; expected one of 'tf32', 'float32', 'bf16'/],
    [{ memoryLimit: 0 }, /memoryLimit is 0; expected a whole number of at least 1/],
    [{ workspaceLimit: -1 }, /workspaceLimit is -1/],
    [{ autotune: 1.5 }, /autotune is 1.5/],
    [{ planCache: 7 }, /planCache is 7; expected a text/],
    [{ cudaLibraries: [''] }, /cudaLibraries is \[''\]; expected a folder/],
  ])('refuses %p', (options, message) => {
    const make = () => sequential({ backend: 'cuda', ...options } as ModelOptions);
    expect(make).toThrow(coded('ERR_OPTION'));
    expect(make).toThrow(message);
    expect(loaded).toEqual([]);
  });

  it('lists the devices when there is none of that number', () => {
    behave('', '0,1,2');
    expect(failure({ backend: 'cuda:7' })).toMatchObject({
      code: 'ERR_BACKEND',
      message:
        "model 'sequential': there is no device cuda:7; the devices are cuda:0 (Old GPU), " +
        'cuda:1 (Fine GPU), cuda:2 (Other GPU), with CUDA_VISIBLE_DEVICES=0,1,2',
    });
  });

  it('says why a device cannot be used, and which can', () => {
    expect(failure({ backend: 'cuda:0' })).toMatchObject({
      code: 'ERR_BACKEND',
      message:
        "model 'sequential': device cuda:0 (Old GPU) cannot be used: compute capability 3.5 is " +
        'too old. Those that can: cuda:1 (Fine GPU), cuda:2 (Other GPU)',
    });
  });

  it.each([
    ['crash', /was ended by SIGSEGV; it printed: driver: something broke/],
    ['none', /the driver sees no device, with CUDA_VISIBLE_DEVICES=.*\n.*to do: check nvidia-smi/],
  ])('lives through a plugin that fails: %s', (how, message) => {
    behave(how);
    const { code, message: text } = failure({ backend: 'cuda' });
    expect(code).toBe('ERR_BACKEND');
    expect(text).toMatch(message);
    expect(text).toMatch(/✓ cuDNN: .*\/lib\/libcudnn.so.9\n/);
    expect(loaded).toEqual([]);
    // The CPU goes on.
    expect(sequential({ backend: 'cpu' }).backend).toBe('cpu');
  });

  it('says that the plugin is missing, where it should be, and how to build it', () => {
    setVariables({ NODE_CUDNN_CUDA_PLUGIN: '/nowhere/plugin.so' });
    const { code, message } = failure({ backend: 'cuda' });
    expect(code).toBe('ERR_BACKEND');
    expect(message).toContain('✗ CUDA plugin: /nowhere/plugin.so: it does not exist');
    expect(message).toMatch(/to do: build it, .*npm run build/);
  });

  it('says which file is no library', () => {
    const bad = writeText(join(folder, 'bad/libcudnn.so.9'), 'no library');
    setVariables({ NODE_CUDNN_CUDNN_PATH: join(folder, 'bad') });
    const { message } = failure({ backend: 'cuda' });
    expect(message).toContain(`✗ cuDNN: ${bad}: it is no shared library (no ELF file)`);
    expect(message).toContain('to do: pip install nvidia-cudnn-cu13');
  });

  it('plans for the properties of a device without trying any', () => {
    behave('crash');
    expect(resolveBackend('model', { backend: 'cuda', deviceProperties: '{}' })).toEqual({
      name: 'cuda:0',
      native: 'cuda',
      options: { device: 0, deviceProperties: '{}' },
    });
    expect(loaded).toHaveLength(1);
    setVariables({ NODE_CUDNN_CUDA_PLUGIN: '/nowhere/plugin.so' });
    expect(failure({ backend: 'cuda', deviceProperties: '{}' })).toMatchObject({
      code: 'ERR_BACKEND',
    });
  });
});

describe("backend 'auto'", () => {
  it('takes a GPU, in silence', () => {
    behave('');
    expect(sequential().backend).toBe('cuda:1');
    expect(sequential({ backend: 'auto', precision: 'bf16' }).backend).toBe('cuda:1');
    expect(said).toEqual([]);
  });

  it('takes the CPU where CUDA fails, and says why once', () => {
    behave('exit');
    expect(sequential().backend).toBe('cpu');
    expect(sequential({ backend: 'auto' }).backend).toBe('cpu');
    expect(said).toEqual([
      expect.stringMatching(
        /^node-cudnn: backend 'auto' takes the CPU\. CUDA devices: .*code 7 .*doctor/,
      ),
    ]);
  });

  it('says that the CPU does not compute in the precision that was asked for', () => {
    behave('none');
    expect(sequential({ precision: 'bf16', memoryLimit: 1e9 }).backend).toBe('cpu');
    expect(said[0]).toContain("takes the CPU, in float32 instead of 'bf16'.");
  });

  it('wants deviceProperties to be of a backend that is named', () => {
    expect(() => sequential({ deviceProperties: '{}' })).toThrow(/needs the backend 'cuda'/);
  });
});

test('the CPU refuses the options of CUDA, and takes float32', () => {
  expect(() => sequential({ backend: 'cpu', autotune: 2 })).toThrow(coded('ERR_OPTION'));
  expect(() => sequential({ backend: 'cpu', precision: 'tf32' })).toThrow(
    /precision is 'tf32'; it is an option of the backend 'cuda', and this is 'cpu'/,
  );
  expect(sequential({ backend: 'cpu', precision: 'float32' }).backend).toBe('cpu');
});

describe('a machine without a driver', () => {
  it.each([
    ['debian', 'ID=debian\n', 'apt-get install nvidia-driver'],
    ['ubuntu', 'ID=pop\nID_LIKE="ubuntu debian"\n', 'apt-get install nvidia-driver-580'],
    ['fedora', 'ID=fedora\n', 'dnf install'],
    ['arch', 'ID=arch\n', 'pacman -S'],
    ['another system', '', 'https://www.nvidia.com/drivers'],
  ])('is told how to install it: %s', (_, release, remedy) => {
    const root = temporaryFolder();
    writeText(join(root, 'etc/os-release'), release);
    const machine = fakeMachine(root, { NODE_CUDNN_CUDA_PLUGIN: plugin });
    const state = cudaState(searchCuda([], machine));
    const choose = () => chooseDevice('model', state, undefined);
    expect(choose).toThrow(coded('ERR_BACKEND'));
    expect(choose).toThrow(/✗ CUDA driver: libcuda.so.1 was not found in \d+ folders/);
    expect(choose).toThrow(new RegExp(`install the NVIDIA driver 580 or newer: ${remedy}`));
    // Nothing was tried.
    expect(state.report).toBeUndefined();
    rmSync(root, { recursive: true });
  });

  it.each([
    ['.dockerenv', '', 'this is a container: .* --gpus all'],
    ['proc/version', 'Linux version 5.15 (Microsoft)', 'in Windows'],
  ])('or how its host gets one: %s', (file, content, remedy) => {
    const root = temporaryFolder();
    writeText(join(root, file), content);
    const { checks } = searchCuda([], fakeMachine(root));
    expect(checks.find(({ title }) => title === 'CUDA driver')?.remedy).toMatch(new RegExp(remedy));
    rmSync(root, { recursive: true });
  });
});

describe('listDevices()', () => {
  it('tells the CPU and every GPU', async () => {
    behave('');
    const [cpu, ...gpus] = await listDevices();
    expect(cpu).toMatchObject({ backend: 'cpu', usable: true });
    expect(cpu?.cores).toBeGreaterThan(0);
    expect(cpu?.memory.total).toBeGreaterThan(2 ** 20);
    expect(cpu?.versions.onednn).toMatch(/^\d+\.\d+/);
    expect(gpus).toHaveLength(3);
    expect(gpus[0]).toMatchObject({
      backend: 'cuda:0',
      usable: false,
      problem: expect.stringContaining('too old') as string,
    });
    expect(gpus[1]).toEqual({
      backend: 'cuda:1',
      name: 'Fine GPU',
      usable: true,
      memory: { total: 80 * 2 ** 30, free: 60 * 2 ** 30 },
      versions: { cudnn: '9.24.0', runtime: '13.0', driver: '13.0' },
      computeCapability: '9.0',
      multiprocessors: 132,
      uuid: 'GPU-1',
    });
    expect(loaded).toEqual([]);
  });

  it('tells the CPU alone where CUDA crashes', async () => {
    behave('crash');
    expect((await listDevices()).map(({ backend }) => backend)).toEqual(['cpu']);
  });
});
