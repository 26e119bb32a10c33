import type { Check } from '../cuda/checks.js';
import { cudaState, searchCuda, type CudaState } from '../cuda/cuda.js';
import { cpuDevice, type Device } from '../cuda/devices.js';
import { gibibytes } from '../cuda/deviceChecks.js';
import type { Machine } from '../cuda/machine.js';
import { cudaMatters } from '../cuda/presence.js';
import { wrongVariables } from '../cuda/variables.js';
import { nativeAddon, nativeAddonFile } from '../native/addon.js';

/** All that the commands tell about this machine. */
export interface Examination {
  readonly checks: readonly Check[];
  /** Variables of the environment with wrong values. */
  readonly variables: readonly Check[];
  readonly cuda: CudaState;
  /** Whether CUDA could matter here: else there are no checks of it. */
  readonly cudaMatters: boolean;
  /** Versions of what the addon was built with; empty when it cannot be loaded. */
  readonly addon: Readonly<Record<string, string>>;
}

function processorText({ name, cores, memory }: Device): string {
  const free = `${gibibytes(memory.free)} of ${gibibytes(memory.total)} free`;
  return `${name}, ${cores ?? 1} ${cores === 1 ? 'core' : 'cores'}, ${free}`;
}

function cpuChecks(): { checks: Check[]; addon: Record<string, string> } {
  const base = { title: 'addon', backend: 'cpu' } as const;
  try {
    const addon = nativeAddon().versions();
    const checks: Check[] = [
      { ...base, ok: true, path: nativeAddonFile() },
      { title: 'oneDNN', backend: 'cpu', ok: true, version: addon.onednn ?? '' },
      { title: 'device cpu', backend: 'cpu', ok: true, detail: processorText(cpuDevice()) },
    ];
    return { checks, addon };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const lines = message.split('\n');
    // The last line of the addon's error says what to do.
    const advice = lines.length > 1 ? (lines.at(-1) ?? '') : '';
    const remedy = advice === '' ? {} : { remedy: `${advice[0]?.toLowerCase()}${advice.slice(1)}` };
    const problem = (lines.length > 1 ? lines.slice(0, -1) : lines).join(' ');
    return { checks: [{ ...base, ok: false, problem, ...remedy }], addon: {} };
  }
}

/**
 * Looks at everything; with all parts of CUDA there, tries the plugin in a process of its own.
 * cudaToo: tell of CUDA also where there is no device and nothing asks for it.
 */
export function examine(cudaToo: boolean, machine: Machine): Examination {
  const { checks, addon } = cpuChecks();
  const variables = wrongVariables(machine);
  const titles = variables.map(({ title }) => title);
  const search = searchCuda([], machine);
  const matters = cudaToo || cudaMatters(machine);
  // What neither backend reads keeps none from being tried.
  const usable = variables.every(({ backend }) => backend === 'none');
  const tries = matters && usable && checks.every(({ ok }) => ok);
  const cuda = tries ? cudaState(search) : { ...search, devices: [] };
  const ofCuda = matters ? cuda.checks.filter(({ title }) => !titles.includes(title)) : [];
  return { checks: [...checks, ...ofCuda], variables, cuda, cudaMatters: matters, addon };
}
