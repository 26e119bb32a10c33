// Loads plugins in the way that it is told, in worker threads too, and prints what came of it.
'use strict';
const { clearInterval, setInterval } = require('node:timers');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

function outcome(work) {
  try {
    return work();
  } catch (error) {
    return `${error.code} ${error.message}`;
  }
}

const { addonFile, plugin, libraries, other, way } = isMainThread
  ? JSON.parse(process.argv[2])
  : workerData;
const addon = require(addonFile);
addon.setErrorClass(
  class extends Error {
    constructor(message, { code }) {
      super(message);
      this.code = code;
    }
  },
);
const load = (file = plugin) => outcome(() => addon.loadPlugin({ plugin: file, libraries }));

const ways = {
  // The libraries are not looked at again: the second call may name none that exist.
  twice() {
    const first = load();
    const again = outcome(() => addon.loadPlugin({ plugin, libraries: ['/nowhere.so'] }));
    return [first, again, addon.backendNames()];
  },
  another: () => [load(), load(other), load()],
  // A failure leaves nothing behind that the next call trips over.
  afterFailure: () => [load(other), addon.backendNames(), load(), addon.backendNames()],
  async report() {
    const first = await addon.pluginReport().catch((error) => `${error.code} ${error.message}`);
    load();
    const report = await addon.pluginReport();
    return [first, report.devices.map(({ name }) => name)];
  },
  async reportError() {
    load();
    return addon.pluginReport().catch((error) => `${error.code} ${error.message}`);
  },
  // A timer has to run while the driver is asked.
  async eventLoop() {
    load();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 20);
    await addon.pluginReport();
    clearInterval(timer);
    return turns > 20;
  },
  async workers() {
    const answers = Array.from({ length: 4 }, () => {
      const worker = new Worker(__filename, {
        workerData: { addonFile, plugin, libraries, way: 'report' },
      });
      return new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    });
    return Promise.all(answers);
  },
  // The worker thread ends while its call is in the driver; the process goes on.
  async terminated() {
    const worker = new Worker(__filename, {
      workerData: { addonFile, plugin, libraries, way: 'report' },
    });
    await new Promise((resolve) => worker.once('online', resolve));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await worker.terminate();
    return [load(), addon.backendNames()];
  },
  async exit() {
    load();
    void addon.pluginReport();
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.stdout.write('leaving');
    process.exit(0);
  },
};

async function main() {
  const result = await ways[way]();
  if (isMainThread) process.stdout.write(JSON.stringify(result));
  else parentPort.postMessage(result);
}

void main();
