import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { addNetwork, type Contest } from './contest.js';
import { goalsOf } from './contestGoals.js';
import { contestText, writeContest } from './contestReport.js';
import type { BenchOptions } from './options.js';
import { hasPeer, type PeerName } from './peers.js';

/** All networks, in training or in prediction, against the peers that this machine has. */
export async function contestBench(options: BenchOptions): Promise<void> {
  const mode = options.form === 'predict' ? 'predict' : 'train';
  const wanted: readonly PeerName[] =
    mode === 'predict' ? ['onnxruntime', 'torch', 'keras'] : ['torch', 'keras'];
  // Before minutes are spent on what could not be written.
  if (options.markdown !== undefined) mkdirSync(dirname(options.markdown), { recursive: true });
  const peers: PeerName[] = [];
  for (const peer of wanted) if (await hasPeer(peer)) peers.push(peer);
  const contest: Contest = { mode, rounds: options.rounds, versions: {}, rows: [] };
  for (const network of options.only) {
    // Each batch that is trained has processes of its own, as a user's training has.
    const lists = mode === 'predict' ? [[1, 8, 32]] : network.batches.map((batch) => [batch]);
    for (const batches of lists) await addNetwork(contest, network, batches, peers);
  }
  const report = options.json
    ? JSON.stringify({ ...contest, goals: goalsOf(contest) })
    : contestText(contest);
  console.log(report);
  if (options.markdown !== undefined) writeContest(options.markdown, contest);
}
