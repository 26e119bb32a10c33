// eventLoop.cjs ADDON SPEC BATCH SECONDS: trains, and prints how late timers were meanwhile.
'use strict';
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');

const [, , addonFile, specText, batchText, seconds] = process.argv;
const { model, training } = JSON.parse(specText);
const { rows, elements } = JSON.parse(batchText);
const addon = require(addonFile);
const batch = {
  size: rows,
  inputs: [new Float32Array(elements).fill(0.5)],
  targets: [new Int32Array(rows)],
};

async function main() {
  const program = new addon.Program(model);
  await program.configureTraining(training);
  await program.initialize();
  await program.train(batch, 0.001);
  // Twice a resolution of 1 ms: what a timer measures that is never late.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begin = performance.now();
  let steps = 0;
  while (performance.now() - begin < 1000 * Number(seconds)) {
    await program.train(batch, 0.001);
    steps += 1;
  }
  const milliseconds = performance.now() - begin;
  delay.disable();
  await program.dispose();
  console.log(
    JSON.stringify({
      p50: delay.percentile(50) / 1e6,
      p99: delay.percentile(99) / 1e6,
      max: delay.max / 1e6,
      samples: delay.count,
      stepMilliseconds: milliseconds / steps,
    }),
  );
}

void main();
