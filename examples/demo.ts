/**
 * npm run demo: one epoch of AlexNet8 over the 60,000 training images of Fashion-MNIST, then ten
 * test images classified by the saved model in a new process.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { trainAlexNet8 } from './alexnet8.js';

const savePath = 'models/demo';

const score = await trainAlexNet8({ epochs: 1, batchSize: 128, images: 60000, seed: 1, savePath });

console.log('\nThe saved model, loaded in a new process, on ten test images:');
const classify = fileURLToPath(new URL('classify.js', import.meta.url));
const { status } = spawnSync(process.execPath, [classify, savePath, '10'], { stdio: 'inherit' });
if (status !== 0) throw new Error(`classifying ended with status ${String(status)}`);

console.log(`\ntest loss: ${score.loss.toFixed(4)}`);
console.log(`test accuracy: ${score.accuracy.toFixed(4)}`);
