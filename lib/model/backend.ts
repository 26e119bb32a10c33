import { chooseDevice, cudaUnavailable, requireForPlans } from '../cuda/choose.js';
import { cudaState, loadCuda, rememberedSearch } from '../cuda/cuda.js';
import { thisMachine, type Machine } from '../cuda/machine.js';
import { cudaMatters } from '../cuda/presence.js';
import { BackendError, OptionError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { nativeAddon } from '../native/addon.js';
import type { Attributes } from '../native/program.js';
import { sayOnce } from '../notices.js';
import { backendAttributes, libraryFolders, type BackendOptions } from './backendOptions.js';

/** The backend that a model uses. */
export interface ResolvedBackend {
  /** For people: 'cpu', 'cuda:0'. */
  readonly name: string;
  /** As native code knows it. */
  readonly native: string;
  readonly options: Attributes;
}

// Found in every build, so that a model of them can be made where the addon is not.
const always = ['cpu', 'reference'];
const advice = '`npx node-cudnn doctor --backend cuda` shows more';

function requireNoCudaOptions(place: string, backend: string, options: Attributes): void {
  for (const [name, value] of Object.entries(options)) {
    if (name === 'precision' && value === 'float32') continue;
    throw new OptionError(
      `${name} is ${shown(value)}; it is an option of the backend 'cuda', and this is '${backend}'`,
      { place },
    );
  }
}

/** The device's number in 'cuda:1'; undefined for 'cuda'. */
function deviceIndex(place: string, backend: string): number | undefined {
  if (backend === 'cuda') return undefined;
  const digits = /^cuda:(\d{1,4})$/.exec(backend)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new OptionError(
    `backend is '${backend}'; expected 'cuda' or 'cuda:' and a device's number, as in 'cuda:1'`,
    { place },
  );
}

function onDevice(device: number, options: Attributes): ResolvedBackend {
  return { name: `cuda:${device}`, native: 'cuda', options: { device, ...options } };
}

function resolveCuda(place: string, backend: string, options: BackendOptions): ResolvedBackend {
  const wanted = deviceIndex(place, backend);
  const attributes = backendAttributes(place, options);
  const search = rememberedSearch(libraryFolders(place, options.cudaLibraries));
  if (attributes.deviceProperties !== undefined) {
    // Plans need no device: nothing is tried, and the driver may be missing.
    requireForPlans(place, search);
    loadCuda(place, search);
    return onDevice(wanted ?? 0, attributes);
  }
  const device = chooseDevice(place, cudaState(search), wanted);
  loadCuda(place, search);
  return onDevice(device.index, attributes);
}

const onCpu: ResolvedBackend = { name: 'cpu', native: 'cpu', options: {} };
const noDevice = 'this machine has no NVIDIA device';

function resolveAuto(place: string, options: BackendOptions, machine: Machine): ResolvedBackend {
  const attributes = backendAttributes(place, options);
  if (attributes.deviceProperties !== undefined) {
    throw new OptionError("deviceProperties needs the backend 'cuda'; name it", { place });
  }
  const folders = libraryFolders(place, options.cudaLibraries);
  const { precision } = attributes;
  const rounding =
    precision === undefined || precision === 'float32'
      ? ''
      : `, in float32 instead of ${shown(precision)}`;
  if (!cudaMatters(machine, folders)) {
    // The CPU is what everyone expects here, in the precision that was asked for.
    if (rounding !== '') sayOnce(`backend 'auto' takes the CPU${rounding}: ${noDevice}`);
    return onCpu;
  }
  const state = cudaState(rememberedSearch(folders));
  const [device] = state.devices;
  if (device !== undefined) {
    loadCuda(place, state);
    return onDevice(device.index, attributes);
  }
  sayOnce(`backend 'auto' takes the CPU${rounding}. ${cudaUnavailable(state)}. ${advice}`);
  return onCpu;
}

/**
 * The backend of a model's options. ERR_BACKEND when it does not exist or cannot be used here: it
 * says what was found, what is needed and what to do. ERR_OPTION for an option that does not fit.
 */
export function resolveBackend(
  place: string,
  options: BackendOptions,
  machine: Machine = thisMachine(),
): ResolvedBackend {
  libraryFolders(place, options.cudaLibraries);
  const value: unknown = options.backend ?? 'auto';
  if (typeof value !== 'string') {
    throw new OptionError(`backend is ${shown(value)}; expected 'auto', 'cpu' or another name`, {
      place,
    });
  }
  if (value === 'auto') return resolveAuto(place, options, machine);
  if (value === 'cuda' || value.startsWith('cuda:')) return resolveCuda(place, value, options);
  requireNoCudaOptions(place, value, backendAttributes(place, options));
  const known = always.includes(value) ? always : nativeAddon().backendNames();
  if (known.includes(value)) return { name: value, native: value, options: {} };
  const names = [...new Set([...known, 'cuda'])].map((name) => `'${name}'`).join(', ');
  throw new BackendError(
    `there is no backend '${value}'; there are ${names}. Pass one of them, or 'auto'`,
    { place },
  );
}
