// stores.cjs ADDON SPEC BATCH SUBJECT: programs over a store that are forgotten while others train.
'use strict';
const { setImmediate } = require('node:timers');
const { isMainThread, parentPort, workerData } = require('node:worker_threads');

function given() {
  if (!isMainThread) return workerData;
  const [, , addonFile, specText, batchText, subject] = process.argv;
  const { rows, elements } = JSON.parse(batchText);
  const batch = {
    size: rows,
    inputs: [new Float32Array(elements).fill(0.5)],
    targets: [new Int32Array(rows)],
  };
  return { addonFile, ...JSON.parse(specText), batch, subject };
}

const { addonFile, model, training, batch, subject } = given();
const addon = require(addonFile);

async function make(store, spec = model) {
  const program = new addon.Program(spec, store);
  await program.configureTraining(training);
  await program.initialize();
  return program;
}

async function collect() {
  for (let i = 0; i < 3; i += 1) {
    global.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const values = async (program) => JSON.stringify((await program.getWeights()).map((w) => [...w]));

// Runs `round` again and again beside a training that must not notice.
async function besideTraining(store, round) {
  const calm = await make();
  const trainer = await make(store);
  let steps = 0;
  const rounds = async (count) => {
    for (let i = 0; i < count; i += 1) {
      const work = [0, 1, 2].map(() => trainer.train(batch, 0.01));
      steps += 3;
      await round(i);
      await collect();
      await Promise.all(work);
    }
    return process.memoryUsage.rss() / 2 ** 20;
  };
  const before = await rounds(40);
  const after = await rounds(120);
  for (let i = 0; i < steps; i += 1) await calm.train(batch, 0.01);
  const right = (await values(calm)) === (await values(trainer));
  await calm.dispose();
  await collect();
  console.log(JSON.stringify({ live: addon.liveHandles(), right, grown: after - before }));
}

function renumbered(first) {
  return { ...model, weights: model.weights.map((weight, i) => ({ ...weight, id: first + i })) };
}

const subjects = {
  async forget() {
    const store = new addon.Store(model.backend);
    await besideTraining(store, async () => {
      const other = await make(store);
      // What it has under way is for the next program to settle.
      void other.evaluate(batch);
    });
  },
  async forgetStores() {
    await besideTraining(new addon.Store(model.backend), async () => {
      const other = await make(new addon.Store(model.backend));
      await other.train(batch, 0.01);
    });
  },
  async release() {
    const store = new addon.Store(model.backend);
    await besideTraining(store, async (i) => {
      const first = 100 + 4 * i;
      const other = await make(store, renumbered(first));
      void other.train(batch, 0.01);
      const gone = other.dispose();
      store.release([first, first + 1, first + 2, first + 3]);
      await gone;
    });
  },
  async exit() {
    const store = new addon.Store(model.backend);
    const programs = [await make(store), await make(store)];
    for (let i = 0; i < 50; i += 1) {
      for (const program of programs) program.train(batch, 0.01).catch(() => undefined);
      store.read([10]).catch(() => undefined);
    }
    void programs[0].dispose();
    setImmediate(() => process.exit(0));
  },
  async idle() {
    const store = new addon.Store(model.backend);
    await make(store);
    await store.read([10]);
  },
};

async function inWorker() {
  const store = new addon.Store(model.backend);
  const first = await make(store);
  const second = await make(store);
  await first.train(batch, 0.1);
  const equal = (await values(first)) === (await values(second));
  parentPort.postMessage({ equal, live: addon.liveHandles() });
  for (;;) await first.train(batch, 0.1);
}

if (isMainThread) void subjects[subject]();
else void inWorker();
