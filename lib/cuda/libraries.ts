import { cudnnHeader, runtimeHeader, type VersionHeader } from './libraryVersion.js';
import type { PathVariable } from './searchPlaces.js';

/** The oldest cuDNN that plans for a device from its properties. */
export const leastCudnn = '9.19';

export type LibraryKey = 'driver' | 'runtime' | 'nvrtc' | 'cublas' | 'cudnn';

/** A library that the plugin needs. */
export interface WantedLibrary {
  readonly key: LibraryKey;
  /** For people: "CUDA runtime". */
  readonly title: string;
  readonly soname: string;
  /** Looked at before the other one. */
  readonly variable: PathVariable;
  /** Without it nothing runs; without the others some engines of cuDNN do not. */
  readonly required: boolean;
  /** Opened by cuDNN's parts alone. */
  readonly ofCudnnParts?: boolean;
  readonly pipPackage: RegExp;
  readonly header?: VersionHeader;
  readonly least?: string;
}

// The oldest driver that knows a CUDA version: NVIDIA's release notes of each toolkit.
const drivers: Readonly<Record<number, string>> = { 12: '525', 13: '580' };

/** The oldest driver for CUDA 12, 13, ...; undefined where it is not known. */
export function leastDriver(cuda: number): string | undefined {
  return drivers[cuda];
}

/** Versions that a plugin was linked to. */
export interface LinkedVersions {
  /** 13 of libcudart.so.13. */
  readonly cuda: number;
  /** 9 of libcudnn.so.9. */
  readonly cudnn: number;
}

// What a plugin is built with when it is built as the project's set-up does.
const usual: LinkedVersions = { cuda: 13, cudnn: 9 };

/** Read from the libraries that the plugin links; the usual ones where there is no plugin. */
export function linkedVersions(needed: readonly string[] = []): LinkedVersions {
  const majorOf = (name: string): number | undefined => {
    const text = needed
      .map((soname) => /^lib(\w+)\.so\.(\d+)/.exec(soname))
      .find((m) => m?.[1] === name);
    return text?.[2] === undefined ? undefined : Number(text[2]);
  };
  return { cuda: majorOf('cudart') ?? usual.cuda, cudnn: majorOf('cudnn') ?? usual.cudnn };
}

/** In the order in which they have to be opened. */
export function wantedLibraries({ cuda, cudnn }: LinkedVersions): readonly WantedLibrary[] {
  const toolkit = { variable: 'NODE_CUDNN_CUDA_PATH' } as const;
  const driver = leastDriver(cuda);
  return [
    {
      ...toolkit,
      key: 'driver',
      title: 'CUDA driver',
      soname: 'libcuda.so.1',
      required: true,
      pipPackage: /^$/,
      ...(driver === undefined ? {} : { least: driver }),
    },
    {
      ...toolkit,
      key: 'runtime',
      title: 'CUDA runtime',
      soname: `libcudart.so.${cuda}`,
      required: true,
      pipPackage: /^nvidia_cuda_runtime(_cu\d+)?$/,
      header: runtimeHeader,
    },
    {
      ...toolkit,
      key: 'nvrtc',
      title: 'NVRTC',
      soname: `libnvrtc.so.${cuda}`,
      required: true,
      ofCudnnParts: true,
      pipPackage: /^nvidia_cuda_nvrtc(_cu\d+)?$/,
    },
    {
      ...toolkit,
      key: 'cublas',
      title: 'cuBLASLt',
      soname: `libcublasLt.so.${cuda}`,
      required: false,
      ofCudnnParts: true,
      pipPackage: /^nvidia_cublas(_cu\d+)?$/,
    },
    {
      key: 'cudnn',
      title: 'cuDNN',
      variable: 'NODE_CUDNN_CUDNN_PATH',
      soname: `libcudnn.so.${cudnn}`,
      required: true,
      pipPackage: /^nvidia_cudnn(_cu\d+)?$/,
      header: cudnnHeader,
      least: leastCudnn,
    },
  ];
}
