import { distribution, isContainer, isWsl, type Distribution } from './distribution.js';
import { leastDriver, type LibraryKey } from './libraries.js';
import type { Machine } from './machine.js';
import { packageRoot } from '../native/packageRoot.js';

// Any minor version of the toolkit does.
const packagedMinor = 0;

function driverRemedy(machine: Machine, cuda: number): string {
  const least = leastDriver(cuda);
  const wanted = `NVIDIA driver ${least ?? `for CUDA ${cuda}`} or newer`;
  if (isWsl(machine)) return `install the ${wanted} in Windows, then: wsl --shutdown`;
  if (isContainer(machine)) {
    return (
      `this is a container: install the ${wanted} and the NVIDIA Container Toolkit on its host, ` +
      'then start it with --gpus all'
    );
  }
  const commands: Readonly<Record<Distribution, string>> = {
    ubuntu: `apt-get install nvidia-driver-${least ?? ''}`,
    debian: 'apt-get install nvidia-driver (from the non-free component or from NVIDIA)',
    fedora: 'dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda (from RPM Fusion)',
    suse: 'zypper install nvidia-open-driver-G06-signed-kmp-default nvidia-compute-G06',
    arch: 'pacman -S nvidia-open nvidia-utils',
    other: 'https://www.nvidia.com/drivers',
  };
  return `install the ${wanted}: ${commands[distribution(machine)]}`;
}

interface Packages {
  readonly pip: string;
  readonly apt: string;
  readonly dnf: string;
  readonly pacman: string;
}

function packagesOf(key: Exclude<LibraryKey, 'driver'>, cuda: number): Packages {
  const suffix = cuda < 13 ? `-cu${cuda}` : '';
  const toolkit = (pip: string, system: string): Packages => ({
    pip: `nvidia-${pip}${suffix}`,
    apt: `${system}-${cuda}-${packagedMinor}`,
    dnf: `${system}-${cuda}-${packagedMinor}`,
    pacman: 'cuda',
  });
  if (key === 'runtime') return toolkit('cuda-runtime', 'cuda-cudart');
  if (key === 'nvrtc') return toolkit('cuda-nvrtc', 'cuda-nvrtc');
  if (key === 'cublas') return toolkit('cublas', 'libcublas');
  return {
    pip: `nvidia-cudnn-cu${cuda}`,
    apt: `libcudnn9-cuda-${cuda}`,
    dnf: `libcudnn9-cuda-${cuda}`,
    pacman: 'cudnn',
  };
}

/** How a library that is missing is installed on this machine. */
export function libraryRemedy(machine: Machine, key: LibraryKey, cuda: number): string {
  if (key === 'driver') return driverRemedy(machine, cuda);
  const { pip, apt, dnf, pacman } = packagesOf(key, cuda);
  const system: Readonly<Record<Distribution, string | undefined>> = {
    ubuntu: `apt-get install ${apt} (from NVIDIA's repository)`,
    debian: `apt-get install ${apt} (from NVIDIA's repository)`,
    fedora: `dnf install ${dnf} (from NVIDIA's repository)`,
    suse: `zypper install ${dnf} (from NVIDIA's repository)`,
    arch: `pacman -S ${pacman}`,
    other: undefined,
  };
  const variable = key === 'cudnn' ? 'NODE_CUDNN_CUDNN_PATH' : 'NODE_CUDNN_CUDA_PATH';
  const ways = [`pip install ${pip}`, system[distribution(machine)]].filter(Boolean).join(', or ');
  return `${ways}; if it is installed, name its folder in ${variable}`;
}

/** What to do about a plugin that is not there. */
export const pluginRemedy =
  'build it, with the CUDA toolkit (nvcc) and cuDNN installed: ' +
  `NODE_CUDNN_CUDA=ON npm run build, in ${packageRoot}`;
