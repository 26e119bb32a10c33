import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the search for libraries looks at, so that a test can hand it a machine of its own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Folder that stands for '/' in the fixed places; '/' on a real machine. */
  readonly root: string;
  /** As process.arch: 'x64', 'arm64'. */
  readonly arch: string;
}

export function thisMachine(): Machine {
  return { env: process.env, home: homedir(), root: '/', arch: process.arch };
}

/** A fixed place of the file system. */
export function underRoot(machine: Machine, path: string): string {
  return join(machine.root, path);
}

/** Debian's name of the architecture: its folder of libraries. */
export function multiarch({ arch }: Machine): string {
  return arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
}

/** The CUDA toolkit's names of the architecture. */
export function cudaTargets({ arch }: Machine): readonly string[] {
  return arch === 'arm64' ? ['sbsa-linux', 'aarch64-linux'] : ['x86_64-linux'];
}
