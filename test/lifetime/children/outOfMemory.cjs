// outOfMemory.cjs ADDON SPEC BATCH SUBJECT MEBIBYTES: limits the address space of this process to so
// much more than a program has taken, does what SUBJECT names, and prints the code that it failed
// with; then, without the limit, whether it works.
'use strict';
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');

const [, , addonFile, specText, batchText, subject, mebibytes] = process.argv;
const { model, training } = JSON.parse(specText);
const { rows, elements } = JSON.parse(batchText);
const addon = require(addonFile);

const batch = { size: rows, inputs: [new Float32Array(elements)], targets: [new Int32Array(rows)] };
const image = new Uint8Array(100 * 100 * 3);

const subjects = {
  getWeights: (program) => program.getWeights(),
  getOptimizerState: (program) => program.getOptimizerState(),
  setWeights: (program, weights) => program.setWeights(weights),
  predict: (program) => program.predict(batch),
  train: (program) => program.train(batch, 0.1),
  gradients: (program) => program.gradients(batch),
  resizeWithPad: () => addon.resizeWithPad(image, [1, 100, 100, 3], 4000, 4000, 1),
};

function limitAddressSpace(limit) {
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${limit}:`]);
}

function addressSpace() {
  return 1024 * Number(/^VmSize:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

async function main() {
  const small = { size: 1, inputs: [batch.inputs[0].slice(0, elements / rows)] };
  const program = new addon.Program(model);
  await program.configureTraining(training);
  await program.initialize();
  await program.train({ ...small, targets: [new Int32Array(1)] }, 0.1);
  await program.predict(small);
  await addon.resizeWithPad(image, [1, 100, 100, 3], 10, 10, 1);
  const weights = subject === 'setWeights' ? await program.getWeights() : [];
  limitAddressSpace(addressSpace() + mebibytes * 2 ** 20);
  const code = await subjects[subject](program, weights).then(
    () => 'none',
    (error) => error.code,
  );
  await program.predict(small);
  limitAddressSpace('unlimited');
  await subjects[subject](program, weights);
  console.log(code);
}

void main();
