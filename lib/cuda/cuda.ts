import { BackendError } from '../errors/errors.js';
import { nativeAddon, nativeAddonFile } from '../native/addon.js';
import type { DeviceReport, PluginFiles, PluginReport } from '../native/plugin.js';
import { libraryCheck, pluginCheck, type Check } from './checks.js';
import { deviceChecks } from './deviceChecks.js';
import { fetchedFolders } from './fetchedFolders.js';
import { filesToOpen, findLibraries, type FoundLibrary } from './findLibraries.js';
import { cudaVersion, cudnnVersion } from './libraryVersion.js';
import { thisMachine, type Machine } from './machine.js';
import { pluginFile, type PluginFile } from './pluginFile.js';
import { pathVariables } from './searchPlaces.js';
import { tryPlugin, tryPluginAsync, type Trial } from './trial.js';
import { wrongVariables } from './variables.js';

/** What was found of CUDA on this machine, before anything of it is loaded. */
export interface CudaSearch {
  readonly machine: Machine;
  readonly plugin: PluginFile;
  readonly libraries: readonly FoundLibrary[];
  readonly files: PluginFiles;
  /** Of the plugin, each library, and the variables that name a folder that is not there. */
  readonly checks: readonly Check[];
}

/** The search, and what the plugin said in a process of its own. */
export interface CudaState extends CudaSearch {
  /** Absent where nothing was tried, for want of a part. */
  readonly report?: PluginReport;
  /** Those that can be used. */
  readonly devices: readonly DeviceReport[];
}

/** Looks for the plugin and its libraries. folders: of the option `cudaLibraries`. */
export function searchCuda(
  folders: readonly string[] = [],
  machine: Machine = thisMachine(),
): CudaSearch {
  const plugin = pluginFile(machine, nativeAddonFile());
  const { linked } = plugin;
  const fetched = fetchedFolders(machine, linked.cuda);
  const libraries = findLibraries(machine, linked, { folders, fetched });
  const files = { plugin: plugin.path, libraries: filesToOpen(libraries) };
  const checks = [
    // What the user named is not to be passed over in silence.
    ...wrongVariables(machine, pathVariables),
    ...libraries.map((library) => libraryCheck(machine, library, linked.cuda)),
    pluginCheck(plugin),
  ];
  return { machine, plugin, libraries, files, checks };
}

const remembered = new Map<string, CudaSearch>();

// The variables that the search reads.
const variables =
  /^(NODE_CUDNN_\w+|LD_LIBRARY_PATH|CUDA_HOME|CUDA_PATH|CUDA_VISIBLE_DEVICES|VIRTUAL_ENV|CONDA_PREFIX|PYENV_ROOT|XDG_CACHE_HOME)$/;

/** As searchCuda(), once for the same folders and variables: it is asked for with every model. */
export function rememberedSearch(folders: readonly string[]): CudaSearch {
  const entries = Object.entries(process.env).filter(([name]) => variables.test(name));
  const key = JSON.stringify([folders, entries]);
  const search = remembered.get(key) ?? searchCuda(folders);
  remembered.set(key, search);
  return search;
}

/** The checks that failed and that nothing works without. */
export function failures(checks: readonly Check[]): Check[] {
  return checks.filter(({ ok, optional }) => !ok && optional !== true);
}

/** What a library says of itself once it is loaded, where its files did not tell. */
function withLoadedVersion(check: Check, report: PluginReport): Check {
  if (check.version !== undefined) return check;
  const { driverVersion, runtimeVersion, cudnnVersion: cudnn } = report;
  const versions = new Map<string | undefined, string | undefined>([
    ['driver', driverVersion > 0 ? `CUDA ${cudaVersion(driverVersion)}` : undefined],
    ['runtime', runtimeVersion > 0 ? cudaVersion(runtimeVersion) : undefined],
    ['cudnn', cudnn > 0 ? cudnnVersion(cudnn) : undefined],
  ]);
  const version = versions.get(check.library);
  return version === undefined ? check : { ...check, version };
}

function stateOf(search: CudaSearch, trial: Trial | undefined): CudaState {
  if (trial === undefined) return { ...search, devices: [] };
  const ofDevices = deviceChecks(search.machine, trial);
  if (!('report' in trial)) {
    return { ...search, checks: [...search.checks, ...ofDevices], devices: [] };
  }
  const { report } = trial;
  const ofLibraries = search.checks.map((check) => withLoadedVersion(check, report));
  const checks = [...ofLibraries, ...ofDevices];
  const usable = report.problem === '' ? report.devices : [];
  const devices = usable.filter(({ problem }) => problem === '');
  return { ...search, checks, report, devices };
}

/**
 * Whether CUDA works here. The plugin is tried, in a process of its own that is waited for, only
 * when all its parts are there.
 */
export function cudaState(search: CudaSearch): CudaState {
  if (failures(search.checks).length > 0) return stateOf(search, undefined);
  return stateOf(search, tryPlugin(nativeAddonFile(), search.files, search.machine.env));
}

/** As cudaState(), beside the event loop and asking the driver anew. */
export async function cudaStateAsync(search: CudaSearch): Promise<CudaState> {
  if (failures(search.checks).length > 0) return stateOf(search, undefined);
  const { files, machine } = search;
  return stateOf(search, await tryPluginAsync(nativeAddonFile(), files, machine.env));
}

/** Loads the plugin into this process, for good. */
export function loadCuda(place: string, { files }: CudaSearch): void {
  try {
    nativeAddon().loadPlugin(files);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new BackendError(
      `backend 'cuda' could not be loaded: ${message}. ` +
        '`npx node-cudnn doctor --backend cuda` shows what was found',
      { place, cause: error },
    );
  }
}
