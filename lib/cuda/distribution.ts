import { existsSync, readFileSync } from 'node:fs';

import { underRoot, type Machine } from './machine.js';

/** What decides how something is installed. */
export type Distribution = 'debian' | 'ubuntu' | 'fedora' | 'suse' | 'arch' | 'other';

const families: readonly (readonly [Distribution, RegExp])[] = [
  ['ubuntu', /^(ubuntu|pop|linuxmint)$/],
  ['debian', /^debian$/],
  ['fedora', /^(fedora|rhel|centos|rocky|almalinux|amzn)$/],
  ['suse', /suse|^sles$/],
  ['arch', /^(arch|manjaro)$/],
];

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** From /etc/os-release: the distribution, or the one that it says it is like. */
export function distribution(machine: Machine): Distribution {
  const text = readText(underRoot(machine, '/etc/os-release'));
  const value = (name: string): string[] =>
    (new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '').split(/\s+/);
  for (const id of [...value('ID'), ...value('ID_LIKE')]) {
    const family = families.find(([, pattern]) => pattern.test(id));
    if (family !== undefined) return family[0];
  }
  return 'other';
}

/** "Debian GNU/Linux 12 (bookworm)"; empty when the system does not say. */
export function systemName(machine: Machine): string {
  const text = readText(underRoot(machine, '/etc/os-release'));
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? '';
}

export function isContainer(machine: Machine): boolean {
  return ['/.dockerenv', '/run/.containerenv'].some((path) => existsSync(underRoot(machine, path)));
}

/** Linux within Windows, whose driver it uses. */
export function isWsl(machine: Machine): boolean {
  return /microsoft/i.test(readText(underRoot(machine, '/proc/version')));
}
