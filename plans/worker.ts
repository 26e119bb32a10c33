/**
 * A process that plans one job, which its parent sends it, and tells of each plan as it is made:
 * a crash of a library costs what was not told yet.
 */
import type { LayersModel } from 'node-cudnn';

import type { Job, WorkerMessage } from './jobs.js';
import { networks, type PlannedNetwork } from './networks.js';
import { planResult, type Planned } from './plan.js';
import { refusalOf } from './refusals.js';

function tell(message: WorkerMessage): void {
  process.send?.(message);
}

async function planOne(model: LayersModel, job: Job, planned: Planned): Promise<void> {
  tell({ kind: 'begin', planned });
  const started = performance.now();
  const description = await model.plan(planned.mode, planned.batchSize);
  const seconds = (performance.now() - started) / 1000;
  const result = planResult(planned, job.device, description, job.commands);
  tell({ kind: 'plan', result, seconds });
}

/** Does the work, or tells why it could not be done. */
async function attempt(planned: Planned, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tell({ kind: 'refused', refusal: refusalOf(planned, error) });
  }
}

async function planNetwork(network: PlannedNetwork, job: Job): Promise<void> {
  const { precision, device, planCache } = job;
  await using model = network.make({
    backend: 'cuda',
    deviceProperties: device.properties,
    precision,
    planCache,
  });
  for (const batchSize of job.batchSizes) {
    for (const mode of ['train', 'predict'] as const) {
      const planned = { device: device.name, network: network.name, precision, mode, batchSize };
      await attempt(planned, () => planOne(model, job, planned));
    }
  }
}

async function run(job: Job): Promise<void> {
  for (const network of networks.filter(({ name }) => job.networks.includes(name))) {
    const { device, precision } = job;
    const all = { device: device.name, network: network.name, precision };
    await attempt({ ...all, mode: 'train', batchSize: 0 }, () => planNetwork(network, job));
  }
  tell({ kind: 'done' });
}

process.once('message', (job: Job) => {
  void run(job).finally(() => {
    process.disconnect();
  });
});
