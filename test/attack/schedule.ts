import { runBatch, type Failure } from './batch.js';
import { defaults, type NamedKind } from './kind.js';

/** A case that went wrong, and whether it does when it is run by itself. */
export interface Finding extends Failure {
  readonly name: string;
  readonly alone: boolean;
}

/** What became of one kind. */
export interface Tally {
  readonly named: NamedKind;
  cases: number;
  /** Of all its processes together. */
  seconds: number;
  readonly findings: Finding[];
  /** The next case. */
  next: number;
  /** Processes that are at it. */
  running: number;
}

/** So many cases of a kind belong to one seed of the command line. */
const casesOfASeed = 1e6;

export interface ScheduleOptions {
  readonly kinds: string;
  readonly minutes: number;
  readonly jobs: number;
  readonly seed: number;
  /** Called with every finding as soon as it is there. */
  readonly onFinding: (finding: Finding) => void;
}

/** Tries each case that failed once more, by itself. */
async function confirm(
  kinds: string,
  tally: Tally,
  failures: readonly Failure[],
): Promise<Finding[]> {
  const { named } = tally;
  const findings: Finding[] = [];
  for (const failure of failures) {
    const again = await runBatch(kinds, named, failure.seed, 1);
    tally.seconds += again.seconds;
    const [same] = again.failures;
    findings.push({ ...(same ?? failure), name: named.name, alone: same !== undefined });
  }
  return findings;
}

async function attackOnce(tally: Tally, { kinds, onFinding }: ScheduleOptions): Promise<void> {
  const { named } = tally;
  const first = tally.next;
  const count = named.kind.batch ?? defaults.batch;
  tally.next += count;
  tally.running += 1;
  let seed = first;
  // A process that crashed leaves the rest of its batch to another.
  while (seed < first + count) {
    const end = await runBatch(kinds, named, seed, first + count - seed);
    tally.cases += end.cases;
    tally.seconds += end.seconds;
    for (const finding of await confirm(kinds, tally, end.failures)) {
      tally.findings.push(finding);
      onFinding(finding);
    }
    seed = end.next;
  }
  tally.running -= 1;
}

/** The kind that is the furthest behind its part of the time. */
function furthestBehind(tallies: readonly Tally[]): Tally | undefined {
  const spent = ({ named, seconds, running }: Tally): number =>
    // What runs now has taken time that is not counted yet.
    (seconds + running * 10) / (named.kind.share ?? defaults.share);
  return tallies.reduce<Tally | undefined>(
    (least, tally) => (least === undefined || spent(tally) < spent(least) ? tally : least),
    undefined,
  );
}

/** Tries cases of all kinds until the time is over, each kind at least one batch. */
export async function attack(
  named: readonly NamedKind[],
  options: ScheduleOptions,
): Promise<Tally[]> {
  const tallies = named.map((each): Tally => {
    const next = options.seed * casesOfASeed;
    return { named: each, cases: 0, seconds: 0, findings: [], next, running: 0 };
  });
  const end = performance.now() + options.minutes * 60_000;
  const untried = [...tallies];
  const next = (): Tally | undefined =>
    untried.shift() ?? (performance.now() < end ? furthestBehind(tallies) : undefined);
  const work = async (): Promise<void> => {
    for (let tally = next(); tally !== undefined; tally = next()) await attackOnce(tally, options);
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return tallies;
}
