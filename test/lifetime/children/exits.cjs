// exits.cjs ADDON SPEC BATCH WAY: ends in the middle of work, in the way that is named.
'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { setTimeout } = require('node:timers');
const { Worker, isMainThread, workerData } = require('node:worker_threads');

const [addonFile, spec, batch, way] = isMainThread
  ? [process.argv[2], ...process.argv.slice(3, 5).map((text) => JSON.parse(text)), process.argv[5]]
  : workerData;
// One way loads the addon in worker threads alone: it leaves memory with the last of them.
const addon = way === 'unload' ? undefined : require(addonFile);
const inputs = [new Float32Array(batch.elements).fill(0.5)];
const rows = { size: batch.rows, inputs, targets: [new Int32Array(batch.rows)] };

async function start() {
  const program = new addon.Program(spec.model);
  await program.configureTraining(spec.training);
  await program.initialize();
  return program;
}

// Calls that are never awaited: some run, some wait, some have run but were not heard of.
function flood(program) {
  for (let i = 0; i < 50; i += 1) {
    program.train(rows, 0.1).catch(() => undefined);
    program.getWeights().catch(() => undefined);
  }
}

// The listener is added, and so called, after the addon's own: none of the addon's threads may be
// left by then, or the libraries they run in would be taken from under them.
function exitCounting() {
  process.on('exit', () => {
    const nameOf = (thread) => {
      try {
        return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8');
      } catch {
        return ''; // It has ended meanwhile.
      }
    };
    const count = () =>
      readdirSync('/proc/self/task').filter((thread) => nameOf(thread).startsWith('node-cudnn'))
        .length;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let wait = 0; wait < 20 && count() > 0; wait += 1) Atomics.wait(pause, 0, 0, 10);
    console.log(`threads: ${count()}`);
  });
  process.exit(0);
}

const ways = {
  // The process ends by itself although the program was never disposed.
  async idle() {
    const program = await start();
    await program.train(rows, 0.1);
  },
  // Work in progress keeps the process alive.
  async finish() {
    const program = await start();
    for (let i = 0; i < 3; i += 1) void program.train(rows, 0.1);
    const { step } = await program.getOptimizerState();
    console.log(`steps: ${step}`);
  },
  async exit() {
    flood(await start());
    setTimeout(exitCounting, 5);
  },
  async exitAtOnce() {
    flood(await start());
    exitCounting();
  },
  async exitWhileDisposing() {
    const program = await start();
    flood(program);
    void program.dispose();
    exitCounting();
  },
  async exitWhileResizing() {
    const images = new Uint8Array(64 * 64 * 64 * 3);
    for (let i = 0; i < 8; i += 1) void addon.resizeWithPad(images, [64, 64, 64, 3], 128, 128, 1);
    setTimeout(exitCounting, 2);
  },
  async uncaught() {
    flood(await start());
    throw new Error('thrown on purpose');
  },
  async unload() {
    await ways.terminate();
  },
  async terminate() {
    for (let round = 0; round < 10; round += 1) {
      const worker = new Worker(process.argv[1], {
        workerData: [addonFile, spec, batch, 'endless'],
      });
      await new Promise((resolve) => worker.once('message', resolve));
      await new Promise((resolve) => setTimeout(resolve, round));
      await worker.terminate();
    }
    console.log('terminated');
  },
  async endless() {
    const program = await start();
    require('node:worker_threads').parentPort.postMessage('started');
    for (;;) {
      flood(program);
      await program.train(rows, 0.1);
      await addon.resizeWithPad(new Float32Array(4), [1, 2, 2, 1], 4, 4, 1);
    }
  },
  // Prints what a wrong environment variable makes of a program.
  async construct() {
    try {
      new addon.Program(spec.model);
      console.log('made');
    } catch (error) {
      console.log(`${error.code} ${error.message}`);
    }
  },
};

void ways[way]();
