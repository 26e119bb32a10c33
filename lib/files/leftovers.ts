import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, readdir, readlink, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/*
 * A process that is killed while it saves leaves its temporary file behind. The name says who
 * writes it, so that a later save can tell whether it still does, and remove the file if not:
 * .node-cudnn-HOST-PID-START-RANDOM.tmp
 */
const pattern = /^\.node-cudnn-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})-[0-9a-f]{8}\.tmp$/;

/** Of a file that another machine wrote, whose processes cannot be seen. In milliseconds. */
const longestSave = 24 * 60 * 60 * 1000;

/** A file that another thread is just making may not be seen as open yet. In milliseconds. */
const opening = 60 * 1000;

interface Process {
  readonly state: string;
  /** In ticks since the machine started: with the number, it tells processes apart for ever. */
  readonly start: string;
}

function readProcess(pid: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', start: fields[19] ?? '0' };
  } catch {
    return undefined;
  }
}

/** Equal where process numbers mean the same: machine, its last start, container. */
function hostKey(): string {
  const facts = [hostname()];
  try {
    facts.push(readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
    facts.push(readlinkSync('/proc/self/ns/pid'));
  } catch {
    // A system without them has its name alone.
  }
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 8);
}

/** A name for a new temporary file of this process. */
export function temporaryName(): string {
  const start = readProcess(process.pid)?.start ?? '0';
  const random = randomBytes(4).toString('hex');
  return `.node-cudnn-${hostKey()}-${process.pid}-${start}-${random}.tmp`;
}

/**
 * Removes the temporary files that saves which were killed left in a folder; those that are still
 * written stay, whoever writes them. What cannot be removed stays too.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const here = hostKey();
  for (const name of await readdir(folder).catch(() => [])) {
    const [matched, host, pid, start] = pattern.exec(name) ?? [];
    if (matched === undefined) continue;
    const path = join(folder, name);
    const writer = { pid: Number(pid), start: start ?? '' };
    const abandoned =
      host === here ? await isAbandoned(path, writer) : await isOlder(path, longestSave);
    if (abandoned) await unlink(path).catch(() => undefined);
  }
}

async function isOlder(path: string, milliseconds: number): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > milliseconds;
}

async function isAbandoned(
  path: string,
  { pid, start }: { pid: number; start: string },
): Promise<boolean> {
  if (!exists(pid)) return true;
  const found = readProcess(pid);
  if (found === undefined) return false;
  if (found.start !== start || /[ZX]/.test(found.state)) return true;
  // A thread that was ended leaves its file though the process lives on, but not open.
  return pid === process.pid && (await isOlder(path, opening)) && !(await isOpenHere(path));
}

/** Whether there is such a process, of any user. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function isOpenHere(path: string): Promise<boolean> {
  const descriptors = await readdir('/proc/self/fd').catch(() => undefined);
  if (descriptors === undefined) return true;
  const targets = await Promise.all(
    descriptors.map((name) => readlink(join('/proc/self/fd', name)).catch(() => '')),
  );
  return targets.includes(path);
}
