import { BackendError } from '../errors/errors.js';
import type { DeviceReport } from '../native/plugin.js';
import { checksText, type Check } from './checks.js';
import { failures, type CudaSearch, type CudaState } from './cuda.js';
import { deviceNames, visibleDevices } from './deviceChecks.js';

/** In one line, why CUDA cannot be used. */
export function cudaUnavailable({ checks }: Pick<CudaState, 'checks'>): string {
  const failed = failures(checks);
  // A variable that is wrong comes first; without the plugin nothing else matters.
  const variable = failed.find(({ title }) => title.startsWith('NODE_CUDNN_'));
  const first = variable ?? failed.find(({ title }) => title === 'CUDA plugin') ?? failed[0];
  if (first === undefined) return 'CUDA: no device can be used';
  const facts = [first.title, first.path, first.problem].filter((text) => text !== undefined);
  return facts.join(': ');
}

function unavailable(place: string, checks: readonly Check[]): BackendError {
  return new BackendError(
    `backend 'cuda' cannot be used. ${cudaUnavailable({ checks })}\n${checksText(checks)}\n` +
      "Or pass backend 'cpu', or 'auto'. `npx node-cudnn doctor --backend cuda` shows more",
    { place, details: { checks } },
  );
}

/** ERR_BACKEND when something is missing that plans need too: all but the driver. */
export function requireForPlans(place: string, { checks }: CudaSearch): void {
  const failed = failures(checks).filter(({ library }) => library !== 'driver');
  if (failed.length > 0) throw unavailable(place, checks);
}

/**
 * The device of this number, or the first that can be used. ERR_BACKEND lists what was found, what
 * is needed and what to do, or the devices that there are.
 */
export function chooseDevice(
  place: string,
  state: CudaState,
  wanted: number | undefined,
): DeviceReport {
  const [first] = state.devices;
  if (first === undefined) throw unavailable(place, state.checks);
  if (wanted === undefined) return first;
  const usable = state.devices.find(({ index }) => index === wanted);
  if (usable !== undefined) return usable;
  const all = state.report?.devices ?? [];
  const found = all.find(({ index }) => index === wanted);
  const hidden = visibleDevices(state.machine);
  const message =
    found === undefined
      ? `there is no device cuda:${wanted}; the devices are ${deviceNames(all)}${hidden}`
      : `device cuda:${wanted} (${found.name}) cannot be used: ${found.problem}. ` +
        `Those that can: ${deviceNames(state.devices)}`;
  throw new BackendError(message, { place });
}
