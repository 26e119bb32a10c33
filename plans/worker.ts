/**
 * A process that plans one job, which its parent sends it, and tells of each plan as it is made:
 * a crash of a library costs what was not told yet.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  try {
    const description = await model.plan(planned.mode, planned.batchSize);
    const seconds = (performance.now() - started) / 1000;
    tell({
      kind: 'plan',
      result: planResult(planned, job.device, description, job.commands),
      seconds,
    });
  } catch (error) {
    tell({ kind: 'refused', refusal: refusalOf(planned, error) });
  }
}

async function planNetwork(network: PlannedNetwork, job: Job, planCache: string): Promise<void> {
  const { precision, device } = job;
  await using model = network.make({
    backend: 'cuda',
    deviceProperties: device.properties,
    precision,
    planCache,
  });
  for (const batchSize of job.batchSizes) {
    for (const mode of ['train', 'predict'] as const) {
      const name = { device: device.name, network: network.name };
      await planOne(model, job, { ...name, precision, mode, batchSize });
    }
  }
}

async function run(job: Job): Promise<void> {
  // A graph that several networks share is built once.
  const planCache = mkdtempSync(join(tmpdir(), 'node-cudnn-plans-'));
  try {
    for (const network of networks.filter(({ name }) => job.networks.includes(name))) {
      await planNetwork(network, job, planCache);
    }
  } finally {
    rmSync(planCache, { recursive: true, force: true });
  }
  tell({ kind: 'done' });
}

process.once('message', (job: Job) => {
  void run(job).finally(() => {
    process.disconnect();
  });
});
