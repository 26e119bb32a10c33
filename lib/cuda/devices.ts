import { availableParallelism, cpus, freemem, totalmem } from 'node:os';

import { nativeAddon } from '../native/addon.js';
import type { DeviceReport, PluginReport } from '../native/plugin.js';
import { cudaStateAsync, searchCuda } from './cuda.js';
import { capabilityText } from './deviceChecks.js';
import { cudaVersion, cudnnVersion } from './libraryVersion.js';

/** Something that models can run on. */
export interface Device {
  /** The model's option that takes it: 'cpu', 'cuda:0'. */
  readonly backend: string;
  /** 'NVIDIA H100 80GB HBM3' */
  readonly name: string;
  readonly usable: boolean;
  /** Why it is not. */
  readonly problem?: string;
  /** In bytes. */
  readonly memory: { readonly total: number; readonly free: number };
  /** Versions of what computes: onednn; or cudnn, runtime and driver. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the CPU: cores that this process may use. */
  readonly cores?: number;
  /** Of a GPU: '9.0'. */
  readonly computeCapability?: string;
  /** Of a GPU. */
  readonly multiprocessors?: number;
  /** Of a GPU: 'GPU-...'. */
  readonly uuid?: string;
}

/** This machine's processor. */
export function cpuDevice(): Device {
  const name = cpus()[0]?.model.trim() ?? '';
  return {
    backend: 'cpu',
    name: name === '' ? process.arch : name,
    usable: true,
    memory: { total: totalmem(), free: freemem() },
    versions: { onednn: nativeAddon().versions().onednn ?? '' },
    cores: availableParallelism(),
  };
}

function gpuDevice(device: DeviceReport, report: PluginReport): Device {
  const problem = report.problem === '' ? device.problem : report.problem;
  return {
    backend: `cuda:${device.index}`,
    name: device.name,
    usable: problem === '',
    ...(problem === '' ? {} : { problem }),
    memory: { total: device.totalBytes, free: device.freeBytes },
    versions: {
      cudnn: cudnnVersion(report.cudnnVersion),
      runtime: cudaVersion(report.runtimeVersion),
      driver: cudaVersion(report.driverVersion),
    },
    computeCapability: capabilityText(device.computeCapability),
    multiprocessors: device.multiprocessors,
    uuid: device.uuid,
  };
}

/**
 * The devices that models can run on: the CPU first, then the GPUs that CUDA shows, those that
 * cannot be used with the reason. GPUs are asked in a process of their own, so that this process
 * holds none of their memory; `npx node-cudnn doctor` says why there are none.
 */
export async function listDevices(): Promise<Device[]> {
  const { report } = await cudaStateAsync(searchCuda());
  const gpus = report?.devices.map((device) => gpuDevice(device, report)) ?? [];
  return [cpuDevice(), ...gpus];
}
