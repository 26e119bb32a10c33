import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A device to plan for: cuDNN's description of it, from a file. */
export interface Device {
  /** The file's: 'h100'. */
  readonly name: string;
  /** "NVIDIA H100 80GB HBM3" */
  readonly deviceName: string;
  /** 90 for 9.0. */
  readonly computeCapability: number;
  /** As cuDNN takes it. */
  readonly properties: string;
}

function readDevice(file: string): Device {
  const properties = readFileSync(file, 'utf8').trim();
  const fields = JSON.parse(properties) as { deviceName: string; deviceVer: number };
  return {
    name: basename(file, '.json'),
    deviceName: fields.deviceName,
    computeCapability: fields.deviceVer / 10,
    properties,
  };
}

/** The devices of a folder of properties, oldest first. */
export function readDevices(folder: string): readonly Device[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readDevice(join(folder, name)))
    .sort((a, b) => a.computeCapability - b.computeCapability);
}
