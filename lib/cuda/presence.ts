import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { namesIn } from './folders.js';
import { underRoot, type Machine } from './machine.js';
import { pathVariables } from './searchPlaces.js';

const nvidiaVendor = '0x10de';
// PCI's class of display controllers; two more bytes follow.
const displayClass = '0x03';

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function hasPciDevice(machine: Machine): boolean {
  const folder = underRoot(machine, '/sys/bus/pci/devices');
  return namesIn(folder).some(
    (name) =>
      textOf(join(folder, name, 'vendor')) === nvidiaVendor &&
      textOf(join(folder, name, 'class')).startsWith(displayClass),
  );
}

/**
 * Whether this machine may have an NVIDIA GPU, with or without a driver: by its device files, its
 * driver, its PCI bus, or the device through which WSL hands on the GPU of Windows.
 */
export function hasNvidiaDevice(machine: Machine): boolean {
  return (
    namesIn(underRoot(machine, '/dev')).some((name) => /^nvidia|^dxg$/.test(name)) ||
    existsSync(underRoot(machine, '/proc/driver/nvidia')) ||
    hasPciDevice(machine)
  );
}

/** Whether CUDA could matter: there may be a GPU, or a variable or folders ask for CUDA. */
export function cudaMatters(machine: Machine, folders: readonly string[] = []): boolean {
  const variables = [...pathVariables, 'NODE_CUDNN_CUDA_PLUGIN'];
  const asked = variables.some((name) => (machine.env[name] ?? '') !== '');
  return asked || folders.length > 0 || hasNvidiaDevice(machine);
}
