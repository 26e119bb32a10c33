import type { Check } from '../cuda/checks.js';
import { cudaState, searchCuda, type CudaState } from '../cuda/cuda.js';
import { cpuDevice, type Device } from '../cuda/devices.js';
import { gibibytes } from '../cuda/deviceChecks.js';
import { nativeAddon, nativeAddonFile } from '../native/addon.js';

/** All that the commands tell about this machine. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly cuda: CudaState;
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

/** Looks at everything; with all parts of CUDA there, tries the plugin in a process of its own. */
export function examine(): Examination {
  const { checks, addon } = cpuChecks();
  const search = searchCuda();
  const loads = checks.every(({ ok }) => ok);
  const cuda = loads ? cudaState(search) : { ...search, devices: [] };
  return { checks: [...checks, ...cuda.checks], cuda, addon };
}
