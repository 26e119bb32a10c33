/** Whether a machine has an NVIDIA device, and what 'auto' says where it has none. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cudaMatters, hasNvidiaDevice } from '../../lib/cuda/presence.js';
import { setLogger } from '../../lib/index.js';
import { resolveBackend } from '../../lib/model/backend.js';
import { fakeMachine, temporaryFolder, writeText } from './cudaFakes.js';

const root = temporaryFolder();
const said: string[] = [];

beforeEach(() => {
  said.length = 0;
  setLogger((line) => said.push(line));
});

afterEach(() => {
  rmSync(root, { recursive: true });
  mkdirSync(root);
});

afterAll(() => {
  setLogger();
  rmSync(root, { recursive: true });
});

function pciDevice(vendor: string, deviceClass: string): void {
  const folder = join(root, 'sys/bus/pci/devices/0000:01:00.0');
  writeText(join(folder, 'vendor'), `${vendor}\n`);
  writeText(join(folder, 'class'), `${deviceClass}\n`);
}

describe('an NVIDIA device', () => {
  it.each(['dev/nvidia0', 'dev/nvidiactl', 'dev/dxg', 'proc/driver/nvidia/version'])(
    'is there with /%s',
    (file) => {
      writeText(join(root, file), '');
      expect(hasNvidiaDevice(fakeMachine(root))).toBe(true);
    },
  );

  it.each([
    ['a display', '0x10de', '0x030000', true],
    ['a 3D controller', '0x10de', '0x030200', true],
    ['the sound of a display', '0x10de', '0x040300', false],
    ['a display of another vendor', '0x1002', '0x030000', false],
  ])('is found on the PCI bus: %s', (_, vendor, deviceClass, expected) => {
    pciDevice(vendor, deviceClass);
    expect(hasNvidiaDevice(fakeMachine(root))).toBe(expected);
  });

  it('is not there else', () => {
    writeText(join(root, 'dev/null'), '');
    expect(hasNvidiaDevice(fakeMachine(root))).toBe(false);
  });
});

describe('CUDA matters', () => {
  it.each(['NODE_CUDNN_CUDNN_PATH', 'NODE_CUDNN_CUDA_PATH', 'NODE_CUDNN_CUDA_PLUGIN'])(
    'where %s asks for it',
    (name) => {
      expect(cudaMatters(fakeMachine(root, { [name]: '/somewhere' }))).toBe(true);
      expect(cudaMatters(fakeMachine(root, { [name]: '' }))).toBe(false);
    },
  );

  it('where folders of its libraries are named', () => {
    expect(cudaMatters(fakeMachine(root), ['/somewhere'])).toBe(true);
  });
});

describe("backend 'auto' without an NVIDIA device", () => {
  const cpu = { name: 'cpu', native: 'cpu', options: {} };

  it('takes the CPU, in silence', () => {
    expect(resolveBackend('model', {}, fakeMachine(root))).toEqual(cpu);
    expect(resolveBackend('model', { precision: 'float32' }, fakeMachine(root))).toEqual(cpu);
    expect(said).toEqual([]);
  });

  it('says that it does not compute in the precision that was asked for', () => {
    expect(resolveBackend('model', { precision: 'bf16' }, fakeMachine(root))).toEqual(cpu);
    expect(said).toEqual([
      "node-cudnn: backend 'auto' takes the CPU, in float32 instead of 'bf16': " +
        'this machine has no NVIDIA device',
    ]);
  });

  it('says why where there is one', () => {
    writeText(join(root, 'dev/nvidia0'), '');
    expect(resolveBackend('model', {}, fakeMachine(root))).toEqual(cpu);
    expect(said).toEqual([expect.stringMatching(/takes the CPU\. CUDA .*doctor/)]);
  });
});
