// Trains in a worker thread and posts the weights; one program is left to the environment's end.
'use strict';
const { parentPort, workerData } = require('node:worker_threads');

const { addonFile, model, training, batch, steps } = workerData;
const addon = require(addonFile);

class WorkerError extends Error {
  constructor(message, { code }) {
    super(message);
    this.code = `worker ${code}`;
  }
}

async function make() {
  const program = new addon.Program(model);
  await program.configureTraining(training);
  await program.initialize();
  return program;
}

async function main() {
  addon.setErrorClass(WorkerError);
  const program = await make();
  for (let i = 0; i < steps; i += 1) await program.train(batch, 0.1);
  const weights = await program.getWeights();
  await program.dispose();
  const { code } = await program.train(batch, 0.1).catch((error) => error);
  await make();
  parentPort.postMessage({ weights, live: addon.liveHandles(), code });
}

void main();
