// saves.js FILE VALUES TIMES: writes a file of equal values again and again (1, 2, 3 ...), and says so
// before and after each. Ends with status 3 and the code of an error of the package.
import { NodeCudnnError, Tensor, writeSafetensors } from 'node-cudnn';

const [file = '', length = '', times = ''] = process.argv.slice(2);
try {
  for (let i = 1; i <= Number(times); i++) {
    const values = new Float32Array(Number(length)).fill(i);
    process.stdout.write(`saving ${i}\n`);
    await writeSafetensors(file, new Map([['w', new Tensor(values, [values.length], 'float32')]]));
    process.stdout.write(`saved ${i}\n`);
  }
} catch (error) {
  if (!(error instanceof NodeCudnnError)) throw error;
  process.stdout.write(`${error.code}\n`);
  process.exitCode = 3;
}
