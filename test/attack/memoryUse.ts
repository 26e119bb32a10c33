import { readdirSync, readFileSync } from 'node:fs';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // The process has ended meanwhile.
  }
}

/** MiB in memory of all processes of a group, by the group's id. */
export function groupMebibytes(group: number): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const members = processes.filter((id) => {
    // After the name in brackets: state, parent, group.
    const fields = read(`/proc/${id}/stat`).split(') ').at(-1)?.split(' ');
    return fields?.[2] === String(group);
  });
  const kibibytes = members.map((id) =>
    Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${id}/status`))?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, value) => sum + value, 0) / 1024;
}
