// memory.cjs ADDON SPEC BATCH SUBJECT WARM-UP ROUNDS: prints the resident megabytes before and
// after many rounds, and the most that there were.
'use strict';
const { setImmediate } = require('node:timers');

const [, , addonFile, specText, batchText, subject] = process.argv;
const { model, training } = JSON.parse(specText);
const { rows, elements } = JSON.parse(batchText);
const addon = require(addonFile);
const batch = {
  size: rows,
  inputs: [new Float32Array(elements).fill(0.5)],
  targets: [new Int32Array(rows)],
};

async function make() {
  const program = new addon.Program(model);
  await program.configureTraining(training);
  await program.initialize();
  await program.train(batch, 0.01);
  return program;
}

async function makeAndDispose(count) {
  for (let i = 0; i < count; i += 1) {
    const program = await make();
    await program.getWeights();
    await program.dispose();
  }
}

async function makeAndForget(count) {
  for (let i = 0; i < count; i += 1) {
    await make();
    await collect();
  }
}

async function collect() {
  for (let i = 0; i < 3; i += 1) {
    global.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

// Nobody asks for a collection: only the bytes that the programs report can bring one about.
async function makeUnderPressure(count) {
  for (let i = 0; i < count; i += 1) {
    await make();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let shared;
const subjects = {
  dispose: makeAndDispose,
  forget: makeAndForget,
  pressure: makeUnderPressure,
  async steps(count) {
    shared ??= await make();
    for (let i = 0; i < count; i += 1) {
      await shared.train(batch, 0.01);
      if (i % 10 === 0) await shared.results(true);
    }
  },
  async results(count) {
    shared ??= await make();
    for (let i = 0; i < count; i += 1) {
      await shared.getWeights();
      await shared.predict(batch);
      await shared.train({ ...batch, size: -1 }, 0.01).catch(() => undefined);
    }
  },
};

async function residentMegabytes() {
  await collect();
  return process.memoryUsage.rss() / 2 ** 20;
}

async function main() {
  const [warmUp, rounds] = process.argv.slice(6).map(Number);
  await subjects[subject](warmUp);
  const before = await residentMegabytes();
  await subjects[subject](rounds);
  const after = await residentMegabytes();
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ before, after, peak, live: addon.liveHandles() }));
}

void main();
