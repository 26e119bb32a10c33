import type { DeviceReport } from '../native/plugin.js';
import type { Check } from './checks.js';
import type { Machine } from './machine.js';
import type { Trial } from './trial.js';

/** 90 as "9.0". */
export function capabilityText(computeCapability: number): string {
  return `${Math.floor(computeCapability / 10)}.${computeCapability % 10}`;
}

/** Bytes in GiB, as NVIDIA's tools show memory. */
export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** ", with CUDA_VISIBLE_DEVICES=1": what hides devices, if anything does. */
export function visibleDevices({ env }: Machine): string {
  const value = env.CUDA_VISIBLE_DEVICES;
  return value === undefined ? '' : `, with CUDA_VISIBLE_DEVICES=${value === '' ? "''" : value}`;
}

/** "cuda:0 (NVIDIA H100), cuda:1 (NVIDIA H100)" */
export function deviceNames(devices: readonly DeviceReport[]): string {
  return devices.map(({ index, name }) => `cuda:${index} (${name})`).join(', ');
}

function deviceCheck(device: DeviceReport): Check {
  const { index, name, computeCapability, freeBytes, totalBytes, problem } = device;
  const memory = `${gibibytes(freeBytes)} of ${gibibytes(totalBytes)} free`;
  const detail = `${name}, compute capability ${capabilityText(computeCapability)}, ${memory}`;
  const base = { title: `device cuda:${index}`, backend: 'cuda', detail } as const;
  if (problem === '') return { ...base, ok: true };
  // One that cannot be used leaves the others.
  return { ...base, ok: false, optional: true, problem };
}

/** What the trial says: of each device, or why there is none. */
export function deviceChecks(machine: Machine, trial: Trial): Check[] {
  const base = { title: 'CUDA devices', backend: 'cuda' } as const;
  if (!('report' in trial)) {
    const { problem, remedy } = trial;
    return [{ ...base, ok: false, problem, ...(remedy === undefined ? {} : { remedy }) }];
  }
  const { devices, problem, remedy } = trial.report;
  const each = devices.map(deviceCheck);
  if (problem === '' && each.some(({ ok }) => ok)) return each;
  const what = problem === '' ? 'no device can be used' : problem;
  const advice = remedy === '' ? {} : { remedy };
  return [...each, { ...base, ok: false, problem: `${what}${visibleDevices(machine)}`, ...advice }];
}
