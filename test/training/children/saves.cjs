// saves.cjs FILE MEBIBYTES TIMES: writes a file of equal values again and again (1, 2, 3 ...) and
// says so before and after each; prints the code of an error.
'use strict';
require('./typescript.cjs');
const { writeSafetensors } = require('../../../lib/formats/safetensors.ts');
const { Tensor } = require('../../../lib/tensor/tensor.ts');

const [, , file, mebibytes, times] = process.argv;

async function main() {
  const values = new Float32Array(Number(mebibytes) * 2 ** 18);
  for (let i = 1; i <= Number(times); ++i) {
    values.fill(i);
    const tensor = new Tensor(values, [values.length], 'float32');
    process.stdout.write(`saving ${i}\n`);
    await writeSafetensors(file, new Map([['w', tensor]]));
    process.stdout.write(`saved ${i}\n`);
  }
}

main().catch((error) => {
  process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`);
  process.exitCode = 1;
});
