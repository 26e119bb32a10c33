import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from './packageRoot.js';

/** What this process runs on. */
export interface HostSystem {
  /** As process.platform. */
  readonly platform: string;
  /** As process.arch. */
  readonly arch: string;
  /** Whether the C library is glibc. */
  readonly glibc: boolean;
}

export function hostSystem(): HostSystem {
  const { platform, arch } = process;
  // The report takes milliseconds, and is asked for only when something is wrong.
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return { platform, arch, glibc: header?.glibcVersionRuntime !== undefined };
}

const platformNames = new Map([
  ['darwin', 'macOS'],
  ['win32', 'Windows'],
  ['linux', 'Linux'],
]);

function unsupported({ platform, arch, glibc }: HostSystem): string | undefined {
  const needed = 'node-cudnn runs on Linux on x64 processors, with the C library glibc';
  const name = platformNames.get(platform) ?? platform;
  if (platform === 'win32') return `${needed}; this is Windows. Run it in WSL`;
  if (platform !== 'linux' || arch !== 'x64') return `${needed}; this is ${name} on ${arch}`;
  if (glibc) return undefined;
  return (
    `${needed}; this Linux has another, as Alpine has musl. ` +
    'Take a system with glibc, such as Debian (of Docker: node:22-bookworm-slim)'
  );
}

// What loaders say of a file for another processor, system, C library or Node.js.
const foreign =
  /GLIBC|wrong ELF class|invalid ELF header|NODE_MODULE_VERSION|undefined symbol|libc\.musl|ld-linux|Error relocating|Exec format|node_cudnn\.node: cannot open shared object/;

function buildAdvice(): string {
  // A clone has its set-up; the published package brings neither that nor a compiled addon.
  if (existsSync(join(packageRoot, 'scripts/setup.sh'))) return `npm run build, in ${packageRoot}`;
  return (
    'with g++, CMake and oneDNN (on Debian and Ubuntu: apt-get install g++ cmake ninja-build ' +
    'libdnnl-dev): npm install cmake-js node-addon-api node-api-headers, then npm run build ' +
    `--prefix ${packageRoot}`
  );
}

/** What to do when the addon cannot be loaded. failures: what the loader said of each file. */
export function adviceFor(failures: readonly string[], system: HostSystem = hostSystem()): string {
  const misfit = unsupported(system);
  if (misfit !== undefined) return misfit;
  const text = failures.join('\n');
  const library = /(\S+\.so[.\d]*): cannot open shared object file/.exec(text)?.[1];
  if (library?.startsWith('libdnnl')) {
    return 'oneDNN is not installed. On Debian and Ubuntu: apt-get install libdnnl2';
  }
  if (library?.startsWith('libgomp')) {
    return 'The OpenMP runtime is not installed. On Debian and Ubuntu: apt-get install libgomp1';
  }
  if (foreign.test(text)) {
    return `It was built for another system. Build it again: ${buildAdvice()}`;
  }
  return `Build it: ${buildAdvice()}`;
}
