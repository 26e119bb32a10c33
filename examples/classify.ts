/**
 * Loads a model that examples/alexnet8.ts saved and names what the first test images show.
 *
 *   node dist/examples/classify.js [models/alexnet8] [count]
 */
import { loadLayersModel, type Tensor } from 'node-cudnn';
import { fashionImages } from './fashionImages.js';

const path = process.argv[2] ?? 'models/alexnet8';
const count = Number(process.argv[3] ?? 10);

const { test, classNames } = await fashionImages();
await using model = await loadLayersModel<Tensor>(path);
const probabilities = await model.predict(test.images.slice(0, count));
const predicted = probabilities.argMax(-1).dataSync();
const values = probabilities.dataSync();
const labels = test.labels.dataSync();
for (let i = 0; i < count; i++) {
  const best = predicted[i] ?? -1;
  const truth = labels[i] ?? -1;
  const probability = values[i * classNames.length + best] ?? NaN;
  const name = (classNames[best] ?? '?').padEnd(12);
  const verdict = best === truth ? 'right' : `wrong, it is: ${classNames[truth] ?? '?'}`;
  console.log(`image ${String(i)}: ${name} ${(100 * probability).toFixed(1)} %  ${verdict}`);
}
